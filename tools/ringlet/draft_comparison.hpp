// The measurement of `ringlet bench --lookup` and `--draft`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "bench_statistics.hpp"
#include "drafting.hpp"
#include "options.hpp"

namespace ringlet::cli {

struct DraftComparisonOptions {
  SessionOptions plain;    // of the session without drafts
  SessionOptions drafted;  // of the one with drafts, after plan_drafts()
  std::string prompt;      // not used if the model has no tokenizer
  std::uint32_t tokens = 0;
  std::uint32_t repetitions = 0;
};

/// The same text generated without drafts and with them.
struct DraftComparison {
  Config config;  // of the session with drafts
  const KernelSet* kernels = nullptr;
  std::string kv;
  std::uint32_t threads = 0;
  std::uint32_t repetitions = 0;
  std::uint32_t prompt_tokens = 0;
  std::uint32_t tokens = 0;
  std::string draft_model;                    // file name; empty: none
  std::optional<std::uint64_t> draft_tokens;  // absent: as many as pay
  Rate plain;                                 // tokens per second after the first token
  Rate drafted;
  Rate ratio;                       // drafted divided by plain, of each pair
  port::DraftTuner::Totals totals;  // of all repetitions
  std::uint64_t plain_ram = 0;
  std::uint64_t drafted_ram = 0;
};

/// Generates `tokens` tokens after the prompt, always the most likely one, in turn without and with
/// drafts, by the loop of `ringlet run`. Throws Failure if a token differs. `progress` is told how
/// many of the texts are finished.
[[nodiscard]] DraftComparison compare_drafts(
    const LoadedModel& model, const std::optional<DraftSource>& source,
    const DraftComparisonOptions& options,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress);

}  // namespace ringlet::cli
