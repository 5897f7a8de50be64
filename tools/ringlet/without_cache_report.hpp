// Forms of a CacheComparison for output.
#pragma once

#include <string>

#include "options.hpp"
#include "without_cache_measure.hpp"

namespace ringlet::cli {

/// A table for people: the tokens 1, 2, 4, … and the last.
[[nodiscard]] std::string without_cache_table(const LoadedModel& model,
                                              const CacheComparison& comparison);

/// The JSON described in README.md.
[[nodiscard]] std::string without_cache_json(const LoadedModel& model,
                                             const CacheComparison& comparison);

/// A drawing: the time of each token, and the time of the text so far.
[[nodiscard]] std::string without_cache_svg(const LoadedModel& model,
                                            const CacheComparison& comparison);

/// The settings in words: "4 threads, kv int8, avx2, chunks of 64".
[[nodiscard]] std::string settings_of(const CacheComparison& comparison);

}  // namespace ringlet::cli
