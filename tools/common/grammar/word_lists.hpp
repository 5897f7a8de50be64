// Lists of words as people write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/grammar_file.hpp"

namespace ringlet::grammar {

/// Reads lists: a JSON object with an array of words for each name, which can be empty,
/// {"rooms": ["kitchen", "bath"], "scenes": []}. `name` is for messages. Throws port::Failure.
[[nodiscard]] std::vector<NamedWords> read_word_lists(std::string_view text,
                                                      const std::string& name);

}  // namespace ringlet::grammar
