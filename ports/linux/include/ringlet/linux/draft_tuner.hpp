// Finds out how many tokens to draft on this machine while text is generated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ringlet/speculation.hpp"

namespace ringlet::port {

/// Measures what a pass over several tokens and a drafted token cost, round by round, and drafts as
/// many tokens as pay. The text does not depend on it. Uses no heap.
class DraftTuner {
 public:
  /// Drafts with `drafter`, which must outlive this object, always `fixed` tokens if given.
  explicit DraftTuner(const Drafter& drafter, std::optional<std::uint32_t> fixed = {}) noexcept;

  /// One round of speculate(), measured. Times in the sink do not count.
  Result<Round> round(Session& session, Sampler& sampler, TokenId last,
                      const TokenSink& sink) noexcept;

  /// The estimated time of a pass over `tokens` ≥ 1 tokens, in nanoseconds; 0 before the first
  /// round.
  [[nodiscard]] float pass_cost(std::size_t tokens) const noexcept;

  /// Totals over all rounds.
  struct Totals {
    std::uint64_t rounds = 0;
    std::uint64_t emitted = 0;
    std::uint64_t drafted = 0;
    std::uint64_t accepted = 0;
  };
  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

 private:
  /// An estimate of a time. Noise only lengthens times, so it is nearly the shortest.
  struct Cost {
    float nanoseconds = 0;  // 0: never measured
    void add(float measured) noexcept;
  };

  Drafter drafter_;
  bool tunes_;
  DraftLength length_;
  std::array<Cost, DraftLength::most_costs> passes_;  // by number of tokens less 1
  Cost draft_;                                        // of one token
  Totals totals_;
};

}  // namespace ringlet::port
