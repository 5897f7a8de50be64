// ringlet bench --without-cache: shows what cached keys and values save, and that they change no
// bit.
#pragma once

#include "bench_options.hpp"

namespace ringlet::cli {

/// Adds --without-cache and --svg.
void add_without_cache_options(CLI::App& app, BenchOptions& options);

/// Measures and reports that. Throws UsageError for options of bench that do not go with it, and
/// Failure if a logit differs.
int execute_without_cache(const CLI::App& app, const BenchOptions& options);

}  // namespace ringlet::cli
