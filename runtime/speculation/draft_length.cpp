#include "ringlet/draft_length.hpp"

#include <algorithm>

namespace ringlet {
namespace {

// The estimate is an average over about this many tokens.
constexpr float memory = 32;

}  // namespace

DraftLength DraftLength::fixed(std::uint32_t tokens) noexcept {
  DraftLength length;
  length.fixed_ = tokens;
  return length;
}

DraftLength DraftLength::best(std::span<const float> pass_costs, float draft_cost) noexcept {
  DraftLength length;
  length.measured(pass_costs, draft_cost);
  return length;
}

void DraftLength::measured(std::span<const float> pass_costs, float draft_cost) noexcept {
  lengths_ = static_cast<std::uint32_t>(std::min(pass_costs.size(), most_costs));
  std::copy_n(pass_costs.begin(), lengths_, pass_costs_.begin());
  draft_cost_ = draft_cost;
}

/// The best length, at most `most`, if each token is accepted with this probability.
std::uint32_t DraftLength::best_at(float acceptance, std::uint32_t most) const noexcept {
  float tokens = 0;  // expected tokens of a round
  float likely = 1;  // probability that the first k drafted tokens are right
  float best_rate = 0;
  std::uint32_t best = 0;
  for (std::uint32_t k = 0; k < lengths_ && k <= most; ++k) {
    tokens += likely;
    likely *= acceptance;
    const float rate = tokens / (pass_costs_[k] + static_cast<float>(k) * draft_cost_);
    if (rate > best_rate) {
      best_rate = rate;
      best = k;
    }
  }
  return best;
}

std::uint32_t DraftLength::next(std::uint32_t most) noexcept {
  if (lengths_ == 0) return std::min(fixed_, most);
  const std::uint32_t best = best_at(acceptance(), most);
  if (best > 0) {
    idle_ = 0;
    pause_ = shortest_pause;
    return best;
  }
  if (++idle_ < pause_ || best_at(1, most) == 0) return 0;
  idle_ = 0;
  pause_ = std::min(2 * pause_, longest_pause);
  return 1;
}

void DraftLength::learn(std::uint32_t drafted, std::uint32_t accepted) noexcept {
  if (drafted == 0) return;
  // Behind the first wrong token nothing was compared.
  const auto tried = static_cast<float>(accepted + (accepted < drafted ? 1 : 0));
  const float kept = 1 - std::min(tried / memory, 1.0F);
  tried_ = tried_ * kept + tried;
  accepted_ = accepted_ * kept + static_cast<float>(accepted);
  if (accepted == drafted) idle_ = pause_;  // after a trial that succeeded comes another
}

}  // namespace ringlet
