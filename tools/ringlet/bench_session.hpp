// A session under measurement by `ringlet bench`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench_measure.hpp"
#include "options.hpp"

namespace ringlet::cli {

/// Token i of every measurement. Speed does not depend on the choice.
[[nodiscard]] TokenId token_at(const Model& model, std::uint64_t i);

/// The first `count` of them.
[[nodiscard]] std::vector<TokenId> first_tokens(const Model& model, std::uint32_t count);

/// Decodes tokens in `session` until the fastest execution with `options.threads` threads is known,
/// which it returns. Throws Failure.
[[nodiscard]] Execution tuned_execution(const LoadedModel& model, Session& session,
                                        const SessionOptions& options);

/// Measures at any depth, with the numbers of threads of a plan. Throws Failure.
class BenchSession {
 public:
  /// The model must outlive the object.
  BenchSession(const LoadedModel& model, const SessionOptions& options, const BenchPlan& plan);

  [[nodiscard]] const Session& session() const { return loaded_.session; }

  /// The backend in use for prefill. It is "ringlet" also if XNNPACK computed wrong products.
  [[nodiscard]] const char* prefill_name() const {
    return loaded_.accelerator != nullptr ? "xnnpack" : "ringlet";
  }

  /// Selects the best execution for the i-th number of threads, for all further measurements.
  const Execution& use(std::size_t i) {
    execution_ = executions_[i];
    return execution_;
  }

  /// Each measures after `result.depth` tokens and sets the times and rates of its results.
  void prefill(BenchResult& result);
  void decode(BenchResult& result);
  /// The results differ in `tokens` only. Their passes are measured in turn, each time after those
  /// of a single token, so that what slows the machine slows all of them.
  void verify(std::span<BenchResult> results);

 private:
  struct Passes;

  void go_to(std::uint32_t depth);
  void append(std::uint32_t tokens);
  void step(std::uint32_t i);
  double time_passes(std::uint32_t tokens, Passes& passes);

  const LoadedModel& model_;
  LoadedSession loaded_;
  Sampler sampler_;
  std::uint32_t repetitions_;
  std::vector<Execution> executions_;  // one per BenchPlan::threads
  Execution execution_;
};

}  // namespace ringlet::cli
