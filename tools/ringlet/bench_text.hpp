// What the measurements of `ringlet bench` that generate a text have in common: they replace the
// usual table, and take one value where that takes lists.
#pragma once

#include <string>

#include "bench_options.hpp"

namespace ringlet::cli {

[[nodiscard]] bool was_given(const CLI::App& app, const char* option);

/// Throws UsageError if options for the usual table were given. `mode` is the option that selected
/// the measurement.
void require_one_text(const CLI::App& app, const BenchPlan& plan, const std::string& mode);

/// Throws UsageError if options for another measurement than `mode` were given, or several values
/// where it takes one.
void require_one_measurement_of(const CLI::App& app, const BenchPlan& plan,
                                const std::string& mode);

/// The settings of the session that generates the text.
[[nodiscard]] SessionOptions text_session_options(const BenchOptions& options, const Model& model);

}  // namespace ringlet::cli
