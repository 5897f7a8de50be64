// Sessions of a pool in one pass, against the same sessions one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench_statistics.hpp"
#include "options.hpp"

namespace ringlet::cli {

struct PoolComparisonOptions {
  SessionOptions session;
  std::vector<std::uint32_t> sessions;  // numbers of sessions to compare
  std::uint32_t depth = 0;              // tokens in each session, after the prefix
  std::uint32_t prefix_tokens = 0;
  std::uint32_t tokens = 0;  // of each session
  std::uint32_t repetitions = 0;
};

/// One number of sessions. A pair are as many tokens of each session both ways, in turn.
struct PoolResult {
  std::uint32_t sessions = 0;
  Rate together;  // tokens per second of all sessions
  Rate alone;
  Rate ratio;                     // of the pairs
  std::uint64_t pool_bytes = 0;   // of the pool's plan
  std::uint64_t alone_bytes = 0;  // of as many plans of a session
};

struct PoolComparison {
  std::vector<PoolResult> results;
  Config config;  // resolved
  std::string kv;
  std::uint32_t threads = 0;
  std::uint32_t depth = 0;
  std::uint32_t prefix_tokens = 0;
  std::uint32_t tokens = 0;
  std::uint32_t repetitions = 0;
  const KernelSet* kernels = nullptr;
};

/// Measures each number of sessions, and calls `done` after each. Throws Failure, also if a logit
/// differs.
[[nodiscard]] PoolComparison compare_pool(const LoadedModel& model,
                                          const PoolComparisonOptions& options,
                                          const std::function<void()>& done);

/// A table for people, and JSON.
[[nodiscard]] std::string pool_comparison_table(const LoadedModel& model,
                                                const PoolComparison& comparison);
[[nodiscard]] std::string pool_comparison_json(const LoadedModel& model,
                                               const PoolComparison& comparison);

}  // namespace ringlet::cli
