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
/// many tokens as pay. Where drafts do not pay, all attempts together take little of the time. The
/// text does not depend on it. Uses no heap.
class DraftTuner {
 public:
  /// Drafts with `drafter`, which must outlive this object, always `fixed` tokens if given.
  explicit DraftTuner(const Drafter& drafter, std::optional<std::uint32_t> fixed = {}) noexcept;

  /// One round of speculate(), measured. Times in the sink do not count.
  Result<Round> round(Session& session, const TokenChooser& chooser, TokenId last,
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
  /// How many tokens to draft in this round.
  [[nodiscard]] DraftLength& length() noexcept;
  /// Adds what a round cost beyond one without drafts, or saved.
  void account(const Round& round, float drafting, float elapsed) noexcept;

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
  std::uint32_t drafts_ = 0;                          // rounds in which the drafter proposed
  DraftLength none_ = DraftLength::fixed(0);
  DraftLength one_ = DraftLength::fixed(1);
  float spent_ = 0;  // nanoseconds of all rounds
  float lost_ = 0;   // nanoseconds that drafts cost more than they saved
  float risk_ = 0;   // nanoseconds that the last drafts cost more than they saved
  Totals totals_;
};

}  // namespace ringlet::port
