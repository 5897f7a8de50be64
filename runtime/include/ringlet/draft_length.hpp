// How many tokens to draft: as many as pay at the acceptance that a text has shown.
#pragma once

#include "ringlet/language.hpp"  // first

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

/// Chooses the number of tokens to draft in each round: a fixed one, as firmware takes it, or the
/// one that yields the most tokens per second. With acceptance a, cost v(m) of a pass over m tokens
/// and cost c of a drafted one, that is the k that maximizes (1 + a + … + a^k) / (v(k + 1) + k·c),
/// where 0 means not to draft at all. It may adapt freely, since no result depends on it.
class DraftLength {
 public:
  static constexpr std::size_t most_costs = 16;

  /// Always `tokens`.
  static DraftLength fixed(std::uint32_t tokens) noexcept;

  /// The best length for costs that the application has measured: pass_costs[m − 1] is the time of
  /// Session::verify with m tokens, at most most_costs of them, and draft_cost that of drafting one
  /// token; all in one unit, such as a step.
  static DraftLength best(std::span<const float> pass_costs, float draft_cost) noexcept;

  /// Replaces the costs by newer ones, for a length that began with best().
  void measured(std::span<const float> pass_costs, float draft_cost) noexcept;

  /// The number of tokens to draft now, at most `most`.
  [[nodiscard]] std::uint32_t next(std::uint32_t most) noexcept;

  /// Learns from a round.
  void learn(std::uint32_t drafted, std::uint32_t accepted) noexcept;

  /// The running estimate of the probability that a drafted token is accepted.
  [[nodiscard]] float acceptance() const noexcept { return accepted_ / tried_; }

 private:
  [[nodiscard]] std::uint32_t best_at(float acceptance, std::uint32_t most) const noexcept;

  // Where drafting does not pay, one token is tried after so many rounds, to see whether the text
  // has changed, and after twice as many the next time.
  static constexpr std::uint32_t shortest_pause = 32;
  static constexpr std::uint32_t longest_pause = 512;

  std::array<float, most_costs> pass_costs_{};
  float draft_cost_ = 0;
  std::uint32_t lengths_ = 0;  // of pass_costs_; 0: fixed
  std::uint32_t fixed_ = 0;
  std::uint32_t idle_ = 0;  // rounds without a draft since the last one
  std::uint32_t pause_ = shortest_pause;
  // Drafted tokens that were compared, and those of them that were right; old ones count less.
  float tried_ = 2;
  float accepted_ = 1;
};

}  // namespace ringlet
