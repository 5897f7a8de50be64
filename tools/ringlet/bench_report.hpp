// The output of `ringlet bench`: a table for people, and the JSON described in README.md.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench_measure.hpp"
#include "options.hpp"
#include "prefill_choice.hpp"

namespace ringlet::cli {

/// The limits of the machine.
struct Limits {
  Bandwidth bandwidth;
  double integer_peak = 0;  // 0: the kernels have no instruction for it
};
using LimitsByThreads = std::map<std::uint32_t, Limits>;

/// A quantity over the repetitions, in JSON.
[[nodiscard]] nlohmann::ordered_json rate_json(const Rate& rate);

/// The lines above the table of a plan, and its headings.
[[nodiscard]] std::string bench_table_head(const LoadedModel& model, const KernelSet& kernels,
                                           const LimitsByThreads& limits,
                                           const std::vector<PrefillChoice>& prefills,
                                           const BenchPlan& plan);

/// One row, with its newline.
[[nodiscard]] std::string bench_table_row(const BenchResult& result, const LimitsByThreads& limits);

/// The document. `prefills` has one choice for each name in `plan.prefill`.
[[nodiscard]] std::string bench_json(const LoadedModel& model, const BenchPlan& plan,
                                     const std::vector<BenchResult>& results,
                                     const LimitsByThreads& limits, const KernelSet& kernels,
                                     const std::vector<PrefillChoice>& prefills);

}  // namespace ringlet::cli
