#include "grammar/live_states.hpp"

#include <algorithm>

namespace ringlet {
namespace {

/// A state waits for those after it. Grammars number them in the order of their texts, so that a
/// round from the last state to the first finds most; each loop that is left takes another round.
constexpr int most_rounds = 1000;

class Live {
 public:
  Live(const GrammarTables& grammar, const WordList* lists, bool has_span,
       std::span<std::uint32_t> live) noexcept
      : g_(grammar), lists_(lists), has_span_(has_span), live_(live) {}

  /// Adds states in one direction. Returns whether there were any.
  bool round(bool forward) noexcept {
    bool added = false;
    for (std::uint32_t i = 0; i < g_.states; ++i) {
      const std::uint32_t state = forward ? i : g_.states - 1 - i;
      if (is_live(state) || !reaches_end(state)) continue;
      live_[state / 32] |= 1U << state % 32;
      added = true;
    }
    return added;
  }

 private:
  [[nodiscard]] bool is_live(std::uint32_t state) const noexcept {
    return (live_[state / 32] >> (state % 32) & 1) != 0;
  }

  [[nodiscard]] bool reaches_end(std::uint32_t state) const noexcept {
    if (g_.has(state, GrammarFlags::returns)) return true;
    const GrammarKind kind = g_.kind(state);
    if (kind == GrammarKind::list && lists_[g_.list(state)].count == 0) return false;
    if (kind == GrammarKind::span && !has_span_) return false;
    for (std::uint32_t edge = g_.first_edge(state); edge < g_.edge_ends[state]; ++edge) {
      const Pushes pushes = g_.pushed_by(edge);
      bool all = is_live(g_.targets[edge]);
      for (std::uint32_t i = 0; i < pushes.count; ++i) all = all && is_live(pushes.states[i]);
      if (all) return true;
    }
    return false;
  }

  const GrammarTables& g_;
  const WordList* lists_;
  bool has_span_;
  std::span<std::uint32_t> live_;
};

}  // namespace

Status find_live_states(const GrammarTables& grammar, const WordList* lists, bool has_span,
                        std::span<std::uint32_t> live) noexcept {
  std::fill(live.begin(), live.end(), 0U);
  Live states(grammar, lists, has_span, live);
  for (int round = 0; round < most_rounds; ++round) {
    if (!states.round(round % 2 == 1)) return {};
  }
  return {ErrorCode::unsupported, "grammar", "takes too long to find its ends; simplify it"};
}

}  // namespace ringlet
