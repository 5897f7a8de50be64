// ringlet bench --lookup, --draft: shows what drafts save, and that they change no token.
#pragma once

#include "bench_options.hpp"

namespace ringlet::cli {

/// Adds the options of speculation and --file.
void add_draft_bench_options(CLI::App& app, BenchOptions& options);

/// Whether a text with drafts is to be compared with one without.
[[nodiscard]] bool compares_drafts(const CLI::App& app);

/// Measures and reports that. Throws UsageError for options of bench that do not go with it, and
/// Failure if a token differs.
int execute_drafts(const CLI::App& app, const BenchOptions& options);

}  // namespace ringlet::cli
