#include "ringlet/linux/draft_tuner.hpp"

#include <algorithm>

#include "clock.hpp"

namespace ringlet::port {
namespace {

// What one more token is expected to add to a pass before it has been measured, as a fraction of a
// pass over one.
constexpr float expected_slope = 0.1F;

// What drafts may cost where they do not pay: a share of the time, and some passes at the start.
constexpr float allowed_share = 0.01F;
constexpr float allowed_passes = 4;
// As many passes that drafts have saved may be lost again.
constexpr float most_credit = 32;

/// A drafter or a sink whose time counts apart.
template <typename Inner>
struct Timed {
  const Inner& inner;
  std::uint64_t nanoseconds = 0;
  std::size_t tokens = 0;
};

Drafter timed(Timed<Drafter>& drafter) {
  Drafter result{.user_data = &drafter};
  if (drafter.inner.draft != nullptr) {
    result.draft = [](void* self, std::span<TokenId> out) noexcept {
      auto& timed = *static_cast<Timed<Drafter>*>(self);
      const std::uint64_t started = now_nanoseconds();
      timed.tokens = timed.inner.draft(timed.inner.user_data, out);
      timed.nanoseconds += now_nanoseconds() - started;
      return timed.tokens;
    };
  }
  if (drafter.inner.observe != nullptr) {
    result.observe = [](void* self, std::span<const TokenId> tokens) noexcept {
      auto& timed = *static_cast<Timed<Drafter>*>(self);
      const std::uint64_t started = now_nanoseconds();
      timed.inner.observe(timed.inner.user_data, tokens);
      timed.nanoseconds += now_nanoseconds() - started;
    };
  }
  return result;
}

TokenSink timed(Timed<TokenSink>& sink) {
  return {.user_data = &sink, .take = [](void* self, TokenId token) noexcept {
            auto& timed = *static_cast<Timed<TokenSink>*>(self);
            const std::uint64_t started = now_nanoseconds();
            const bool goes_on = timed.inner.take(timed.inner.user_data, token);
            timed.nanoseconds += now_nanoseconds() - started;
            return goes_on;
          }};
}

}  // namespace

DraftTuner::DraftTuner(const Drafter& drafter, std::optional<std::uint32_t> fixed) noexcept
    : drafter_(drafter), tunes_(!fixed), length_(DraftLength::fixed(fixed.value_or(0))) {}

void DraftTuner::Cost::add(float measured) noexcept {
  if (nanoseconds == 0 || measured < nanoseconds) {
    nanoseconds = measured;
  } else {
    // Passes become longer as the text does.
    nanoseconds += (std::min(measured, 1.5F * nanoseconds) - nanoseconds) / 32;
  }
}

float DraftTuner::pass_cost(std::size_t tokens) const noexcept {
  const float one = passes_[0].nanoseconds;
  float slope = expected_slope * one;
  std::size_t below = 0;
  for (std::size_t i = 0; i < passes_.size(); ++i) {
    if (passes_[i].nanoseconds == 0) continue;
    if (i > below) {
      slope = std::max(0.0F, passes_[i].nanoseconds - passes_[below].nanoseconds) /
              static_cast<float>(i - below);
    }
    if (i + 1 >= tokens) {
      if (i + 1 == tokens) return passes_[i].nanoseconds;
      break;
    }
    below = i;
  }
  return passes_[below].nanoseconds + slope * static_cast<float>(tokens - 1 - below);
}

DraftLength& DraftTuner::length() noexcept {
  if (!tunes_ || passes_[0].nanoseconds == 0) return length_;
  const float allowed = allowed_share * spent_ + allowed_passes * passes_[0].nanoseconds;
  if (lost_ + risk_ > allowed) return none_;
  // The first drafts tell what one costs.
  if (draft_.nanoseconds == 0) return one_;
  std::array<float, DraftLength::most_costs> costs;
  for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = pass_cost(i + 1);
  length_.measured(costs, draft_.nanoseconds);
  return length_;
}

void DraftTuner::account(const Round& round, float drafting, float elapsed) noexcept {
  spent_ += elapsed;
  // Estimates of passes, not their times, whose noise would count as a loss.
  const float pass = passes_[round.drafted].nanoseconds;
  const float one = passes_[0].nanoseconds;
  const float loss = drafting + pass - static_cast<float>(round.emitted) * one;
  if (round.drafted > 0) risk_ = std::max(0.0F, loss);
  lost_ = std::max(-most_credit * one, lost_ + loss);
}

Result<Round> DraftTuner::round(Session& session, const TokenChooser& chooser, TokenId last,
                                const TokenSink& sink) noexcept {
  Timed<Drafter> drafter{.inner = drafter_};
  Timed<TokenSink> taken{.inner = sink};
  const std::uint64_t started = now_nanoseconds();
  const Result<Round> result =
      speculate(session, chooser, timed(drafter), length(), last, timed(taken));
  if (!result.ok()) return result;
  const std::uint64_t elapsed = now_nanoseconds() - started;
  const auto drafting = static_cast<float>(drafter.nanoseconds);
  const auto pass =
      static_cast<float>(elapsed - std::min(elapsed, drafter.nanoseconds + taken.nanoseconds));
  passes_[result->drafted].add(pass);
  // The first draft is preceded by reading what was not read before.
  if (drafter.tokens > 0 && ++drafts_ > 1) {
    draft_.add(drafting / static_cast<float>(drafter.tokens));
  }
  account(*result, drafting, pass + drafting);
  ++totals_.rounds;
  totals_.emitted += result->emitted;
  totals_.drafted += result->drafted;
  totals_.accepted += result->accepted;
  return result;
}

}  // namespace ringlet::port
