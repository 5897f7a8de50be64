// The measurement of `ringlet bench --without-cache`.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "options.hpp"

namespace ringlet::cli {

/// The same text generated as usual, and with every key and value recomputed for each token.
struct CacheComparison {
  Config config;
  const KernelSet* kernels = nullptr;
  std::string kv;
  std::uint32_t threads = 0;
  std::uint32_t repetitions = 0;
  // Seconds of each token, in its fastest repetition.
  std::vector<double> cached;
  std::vector<double> recomputed;
  std::uint64_t logits = 0;  // compared in each repetition; all had the same bits
};

/// Seconds of all tokens.
[[nodiscard]] double total_seconds(std::span<const double> tokens);

/// Generates `tokens` tokens, always the most likely one, from an empty session with
/// `options.threads` threads. Compares the logits of each token bit for bit, and throws Failure if
/// any differs. `progress` is told which part of the work is done.
[[nodiscard]] CacheComparison compare_without_cache(
    const LoadedModel& model, const SessionOptions& options, std::uint32_t tokens,
    std::uint32_t repetitions,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress);

}  // namespace ringlet::cli
