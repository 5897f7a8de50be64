// ringlet bench --sessions: shows what sessions in one pass save, and that they change no bit.
#pragma once

#include "bench_options.hpp"

namespace ringlet::cli {

/// Adds --sessions and --prefix-tokens.
void add_pool_bench_options(CLI::App& app, BenchOptions& options);

/// Measures and reports. Throws UsageError for options of bench that do not go with it, and Failure
/// if a bit differs.
int execute_pool(const CLI::App& app, const BenchOptions& options);

}  // namespace ringlet::cli
