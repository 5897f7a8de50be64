// Forms of a DraftComparison for output.
#pragma once

#include <string>

#include "draft_comparison.hpp"
#include "options.hpp"

namespace ringlet::cli {

/// A table for people.
[[nodiscard]] std::string draft_comparison_table(const LoadedModel& model,
                                                 const DraftComparison& comparison);

/// The JSON described in README.md.
[[nodiscard]] std::string draft_comparison_json(const LoadedModel& model,
                                                const DraftComparison& comparison);

}  // namespace ringlet::cli
