#include "ringlet/linux/draft_tuner.hpp"

#include <algorithm>

#include "clock.hpp"

namespace ringlet::port {
namespace {

// What one more token is expected to add to a pass before it has been measured, as a fraction of a
// pass over one.
constexpr float expected_slope = 0.1F;

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

Result<Round> DraftTuner::round(Session& session, Sampler& sampler, TokenId last,
                                const TokenSink& sink) noexcept {
  if (tunes_ && passes_[0].nanoseconds > 0) {
    std::array<float, DraftLength::most_costs> costs;
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = pass_cost(i + 1);
    length_.measured(costs, draft_.nanoseconds);
  }
  Timed<Drafter> drafter{.inner = drafter_};
  Timed<TokenSink> taken{.inner = sink};
  const std::uint64_t started = now_nanoseconds();
  const Result<Round> result =
      speculate(session, sampler, timed(drafter), length_, last, timed(taken));
  if (!result.ok()) return result;
  const std::uint64_t elapsed = now_nanoseconds() - started;
  passes_[result->drafted].add(
      static_cast<float>(elapsed - std::min(elapsed, drafter.nanoseconds + taken.nanoseconds)));
  if (drafter.tokens > 0) {
    draft_.add(static_cast<float>(drafter.nanoseconds) / static_cast<float>(drafter.tokens));
  }
  ++totals_.rounds;
  totals_.emitted += result->emitted;
  totals_.drafted += result->drafted;
  totals_.accepted += result->accepted;
  return result;
}

}  // namespace ringlet::port
