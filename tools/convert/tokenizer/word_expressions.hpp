// The regular expressions of pre-tokenizers that the runtime has as functions.
#pragma once

#include <optional>
#include <string>

#include "text/word_steps.hpp"

namespace ringlet::convert {

/// Returns the step with this regular expression, in any common spelling; nothing if it is unknown.
/// `numbers_are_apart`: an earlier step has cut numbers into pieces of at most three.
std::optional<WordStep> step_of_expression(std::string expression, bool numbers_are_apart = false);

}  // namespace ringlet::convert
