// How a sampler chooses. Kernels see every logit. All else sees only candidates: the logits above a
// cut on which the choice cannot depend.
#include <algorithm>
#include <bit>
#include <limits>

#include "base/features.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/sampler.hpp"
#include "sampling/order.hpp"
#include "sampling/random.hpp"

namespace ringlet {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float smallest_normal = std::numeric_limits<float>::min();

/// Logits that one call of a kernel compares with a cut.
constexpr std::size_t block = 64;
/// Candidates that are weighed at a time.
constexpr std::size_t batch = features::for_size ? 1 : 32;
/// The largest number of bars of a histogram of logits.
constexpr std::size_t most_bars = 256;
/// Candidates of a bucket, on average.
constexpr std::size_t few = 3;

/// min(count, batch) for count > 0.
constexpr std::size_t up_to_batch(std::size_t count) noexcept {
  return batch == 1 ? 1 : std::min(count, batch);
}

/// Whether a kernel can take a number for zero.
bool is_tiny(float value) noexcept { return value < smallest_normal && value > -smallest_normal; }

bool is_allowed(std::span<const std::uint32_t> mask, std::size_t token) noexcept {
  return (mask[token / 32] >> (token % 32) & 1) != 0;
}

/// The choice of a mask where no distribution exists: the first allowed token whose logit is not
/// NaN, or else the first; none if it allows none.
TokenId first_allowed(std::span<const float> logits, std::span<const std::uint32_t> mask) noexcept {
  TokenId first = Sampler::none;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!is_allowed(mask, i)) continue;
    if (logits[i] == logits[i]) return static_cast<TokenId>(i);
    if (first == Sampler::none) first = static_cast<TokenId>(i);
  }
  return first;
}

/// Calls visit(first, logits) for each block of a vocabulary.
template <typename Visit>
void for_blocks(std::span<const float> logits, Visit visit) noexcept {
  for (std::size_t i = 0; i < logits.size(); i += block) {
    visit(i, logits.subspan(i, std::min(block, logits.size() - i)));
  }
}

/// The number of weights after which their sum reaches `target`; all if it never does.
std::size_t count_to(float target, std::span<const Candidate> weights) noexcept {
  std::size_t count = 0;
  for (float sum = 0.0F; count < weights.size() && sum < target; ++count) {
    sum += weight_of(weights[count]);
  }
  return count;
}

/// The first of the highest logits. If there is no number above −infinity, no distribution exists;
/// the token is the first that is not NaN.
struct Highest {
  float logit = -infinity;
  TokenId token = 0;
};

Highest highest_one_by_one(std::span<const float> logits) noexcept {
  Highest best{std::numeric_limits<float>::quiet_NaN(), 0};
  for (std::size_t i = 0; i < logits.size(); ++i) {
    // At first `best` is NaN, of which nothing is true.
    const bool higher = !(logits[i] <= best.logit);
    if (higher && logits[i] == logits[i]) best = {logits[i], static_cast<TokenId>(i)};
  }
  return best;
}

/// An empty sampler has no kernels, and no logits.
Highest highest(std::span<const float> logits, const KernelSet* kernels) noexcept {
  if (!is_large(logits.size())) return highest_one_by_one(logits);
  Highest best;
  for_blocks(logits, [&](std::size_t first, std::span<const float> part) {
    const float most = kernels->maximum(part.data(), part.size());
    if (most > best.logit) best = {most, static_cast<TokenId>(first)};
  });
  // Among tiny numbers the kernel does not choose.
  if (is_tiny(best.logit) || best.logit == -infinity) return highest_one_by_one(logits);
  while (logits[best.token] != best.logit) ++best.token;
  return best;
}

/// What to keep: at most so many candidates, until their weights reach a sum. Logits below `cut` do
/// not matter.
struct Goal {
  float best;
  float cut;
  std::size_t most;
  float target;
};

/// Candidates that were kept, with their weights, in descending order.
struct Kept {
  std::span<Candidate> weights;
  float sum;
};

/// The candidates of one choice, in a sampler's workspace.
class Candidates {
 public:
  Candidates(std::span<Candidate> room, const KernelSet& kernels, float temperature) noexcept
      : room_(room), kernels_(kernels), temperature_(temperature) {}

  /// A logit below which a token's weight is less than `weight`, with a margin for rounding.
  [[nodiscard]] float cut_at(float weight, float best) const noexcept {
    // From the exponent, rounded down: ln 2 for each power of two. A weight of 0 gives −127, and
    // the smallest weight that is not 0 is e^-80.
    const auto exponent = static_cast<float>(std::bit_cast<std::uint32_t>(weight) >> 23) - 127.0F;
    return best + exponent * 0.693147F * temperature_;
  }

  /// The canonical sum of all weights.
  [[nodiscard]] float total(std::span<const float> logits, float best) const noexcept {
    return kernels_.weigh(logits.data(), best, temperature_, logits.size(), nullptr);
  }

  float cut_of_top_k(std::span<const float> logits, std::uint32_t k) noexcept;
  float cut_of_top_p(std::span<const float> logits, const Goal& goal) noexcept;
  std::span<Candidate> collect(std::span<const float> logits, float cut) noexcept;
  void weigh(std::span<Candidate> candidates, float best) const noexcept;
  Kept take(std::span<Candidate> all, const Goal& goal) noexcept;

 private:
  /// Whether none of some logits reaches a cut, which the kernel can tell from zero.
  [[nodiscard]] bool is_below(std::span<const float> logits, float cut) const noexcept {
    return kernels_.maximum(logits.data(), logits.size()) < cut;
  }

  std::span<Candidate> room_;
  const KernelSet& kernels_;
  float temperature_;
};

/// A logit that at least k others reach: the k-th highest of the maxima of blocks.
float Candidates::cut_of_top_k(std::span<const float> logits, std::uint32_t k) noexcept {
  std::size_t count = 0;
  for_blocks(logits, [&](std::size_t first, std::span<const float> part) {
    const float most = kernels_.maximum(part.data(), part.size());
    room_[count++] = with_logit(most, static_cast<TokenId>(first));
  });
  if (count < k) return -infinity;
  Ascending(room_.first(count), {}).advance(k);
  return logit_of(room_[count - k]);
}

/// A logit above which the weights reach the target, most likely: the tokens below the cut are too
/// few, and the others are counted in a histogram.
float Candidates::cut_of_top_p(std::span<const float> logits, const Goal& goal) noexcept {
  // In the first half of the workspace.
  const std::size_t count = std::min(most_bars, logits.size());
  const std::span<std::uint32_t> bars(reinterpret_cast<std::uint32_t*>(room_.data()), count);
  std::fill(bars.begin(), bars.end(), 0);
  const Buckets buckets(goal.best, goal.cut, count);
  for_blocks(logits, [&](std::size_t, std::span<const float> part) {
    if (!is_below(part, goal.cut)) buckets.count(part, bars);
  });
  const float width = (goal.best - goal.cut) / static_cast<float>(count);
  float weights[] = {-width, -width / 2};
  kernels_.weigh(weights, 0.0F, temperature_, 2, weights);
  float sum = 0.0F;
  float weight = weights[1];  // in the middle of a bucket
  // The last bucket has all the rest as well. A margin for the shape of the buckets and rounding.
  for (std::size_t b = 0; b + 1 < count; ++b) {
    sum += static_cast<float>(bars[b]) * weight;
    if (sum > goal.target + goal.target / 256) return goal.best - width * static_cast<float>(b + 1);
    weight *= weights[0];
  }
  return goal.cut;
}

/// All tokens whose logits are at least `cut`, by id; all numbers if it is NaN.
std::span<Candidate> Candidates::collect(std::span<const float> logits, float cut) noexcept {
  if (!(cut > -infinity)) cut = -infinity;
  const bool large = is_large(logits.size());
  if (large && is_tiny(cut)) cut = -smallest_normal;
  std::size_t count = 0;
  const auto add = [&](std::size_t first, std::span<const float> part) {
    if (large && is_below(part, cut)) return;
    for (std::size_t i = 0; i < part.size(); ++i) {
      // A candidate takes the place of logits that have been read.
      const float logit = part[i];
      room_[count] = with_logit(logit, static_cast<TokenId>(first + i));
      count += logit >= cut ? 1 : 0;
    }
  };
  if (large) {
    for_blocks(logits, add);
  } else {
    add(0, logits);
  }
  return room_.first(count);
}

/// Replaces logits by weights.
void Candidates::weigh(std::span<Candidate> candidates, float best) const noexcept {
  float values[batch];
  for (std::size_t i = 0; i < candidates.size(); i += batch) {
    Candidate* part = candidates.data() + i;
    const std::size_t size = up_to_batch(candidates.size() - i);
    for (std::size_t j = 0; j < size; ++j) values[j] = logit_of(part[j]);
    kernels_.weigh(values, best, temperature_, size, values);
    for (std::size_t j = 0; j < size; ++j) part[j] = with_weight(values[j], token_of(part[j]));
  }
}

/// The most likely candidates with their weights, in descending order: as many as the goal says, or
/// all. Many are first divided into buckets of a few, with counters in the rest of the workspace.
/// Buckets are then sorted until enough candidates have been taken: by insertion, or by a heap if
/// one bucket has many.
Kept Candidates::take(std::span<Candidate> all, const Goal& goal) noexcept {
  std::span<std::uint32_t> starts;
  if (is_large(room_.size()) && all.size() > 4 * batch) {
    const std::size_t room = 2 * (room_.size() - all.size());
    starts = {reinterpret_cast<std::uint32_t*>(all.data() + all.size()),
              std::min(room, all.size() / few)};
    if (room > 0) distribute(all, Buckets(goal.best, goal.cut, starts.size()), starts);
  }
  const std::size_t most = std::min(goal.most, all.size());
  float sum = 0.0F;
  std::size_t kept = 0;
  Ascending order(all, starts);
  while (kept < most && sum < goal.target) {
    const std::size_t end = kept + up_to_batch(most - kept);
    order.advance(end);
    weigh(all.last(end).first(end - kept), goal.best);
    while (kept < end && sum < goal.target) sum += weight_of(all[all.size() - ++kept]);
  }
  const std::span<Candidate> taken = all.last(kept);
  std::reverse(taken.begin(), taken.end());
  return {taken, sum};
}

}  // namespace

/// The logits with the penalty on recent tokens: the caller's if there is none, else a copy in the
/// second half of the workspace, where collect() reads a logit before its candidates reach it. The
/// penalty uses the original logit, so a token that occurs twice in the window is penalized once.
std::span<const float> Sampler::penalize(std::span<const float> logits) const noexcept {
  const std::uint32_t recent = options_.repeat_penalty == 1.0F ? 0 : recent_count();
  if (recent == 0) return logits;
  float* copy = reinterpret_cast<float*>(candidates_.data()) + candidates_.size();
  std::copy(logits.begin(), logits.end(), copy);
  for (const TokenId token : recent_.first(recent)) {
    if (token >= logits.size()) continue;
    const float logit = logits[token];
    copy[token] = logit > 0.0F ? logit / options_.repeat_penalty : logit * options_.repeat_penalty;
  }
  return {copy, logits.size()};
}

/// A copy in the same place with −infinity for tokens that the mask does not allow.
std::span<const float> Sampler::mask_out(std::span<const float> logits,
                                         std::span<const std::uint32_t> mask) const noexcept {
  float* copy = reinterpret_cast<float*>(candidates_.data()) + candidates_.size();
  for (std::size_t i = 0; i < logits.size(); ++i) {
    copy[i] = is_allowed(mask, i) ? logits[i] : -infinity;
  }
  return {copy, logits.size()};
}

TokenId Sampler::sample(std::span<const float> logits) noexcept {
  const auto known = logits.first(std::min(logits.size(), candidates_.size()));
  const TokenId token = choose([&]() noexcept { return penalize(known); });
  observe(token);
  return token;
}

TokenId Sampler::sample(std::span<const float> logits,
                        std::span<const std::uint32_t> mask) noexcept {
  const std::size_t most = std::min(candidates_.size(), mask.size() * 32);
  const auto known = logits.first(std::min(logits.size(), most));
  TokenId token = choose([&]() noexcept { return mask_out(penalize(known), mask); });
  // Where no distribution exists, that is the first number, which need not be an allowed one.
  if (known.empty() || !is_allowed(mask, token)) token = first_allowed(known, mask);
  if (token != none) observe(token);
  return token;
}

TokenId Sampler::likeliest(std::span<const float> logits) const noexcept {
  const auto known = logits.first(std::min(logits.size(), candidates_.size()));
  return highest(penalize(known), kernels_).token;
}

/// Chooses among the logits that `prepare` returns, a second time where candidates have taken their
/// place. If none is above −infinity, the first number, or 0.
template <typename Prepare>
TokenId Sampler::choose(const Prepare& prepare) noexcept {
  const std::span<const float> logits = prepare();
  const auto [best, token] = highest(logits, kernels_);
  if (options_.temperature == 0.0F || !(best > -infinity)) return token;

  Candidates candidates(candidates_, *kernels_, options_.temperature);
  const bool large = is_large(logits.size());
  const bool top_k = options_.top_k > 0 && options_.top_k < logits.size();
  const bool top_p = options_.top_p < 1.0F;
  Goal goal{best, 0.0F, top_k ? options_.top_k : logits.size(), infinity};
  // All candidates below the cut have no weight, or less than min-p; or they have together less
  // than half of what top-p drops.
  float least = top_p ? 0.0F : options_.min_p / 2;
  if (top_p && !top_k) {
    const float total = candidates.total(logits, best);
    goal.target = options_.top_p * total;
    least = (1.0F - options_.top_p) * total / (2.0F * static_cast<float>(logits.size()));
  }
  goal.cut = candidates.cut_at(least, best);
  if (large && top_k) {
    goal.cut = std::max(goal.cut, candidates.cut_of_top_k(logits, options_.top_k));
  } else if (large && top_p) {
    goal.cut = candidates.cut_of_top_p(logits, goal);
  }
  const std::span<Candidate> all = candidates.collect(logits, goal.cut);
  if (!top_k && !top_p) {
    candidates.weigh(all, best);
    return draw(all);
  }
  Kept kept = candidates.take(all, goal);
  if (top_k && top_p) {
    kept.weights = kept.weights.first(count_to(options_.top_p * kept.sum, kept.weights));
  } else if (kept.weights.size() == all.size() && kept.sum < goal.target && top_p) {
    // The cut was too high after all.
    goal.cut = candidates.cut_at(0.0F, best);
    kept = candidates.take(candidates.collect(prepare(), goal.cut), goal);
  }
  return draw(kept.weights);
}

/// Applies min-p, then returns the token where the running sum passes a random fraction of the
/// total. A token without weight changes no sum.
TokenId Sampler::draw(std::span<const Candidate> kept) noexcept {
  float total = 0.0F;
  for (const Candidate c : kept) {
    if (weight_of(c) >= options_.min_p) total += weight_of(c);
  }
  const float target = uniform(options_.seed, draws_++) * total;
  float sum = 0.0F;
  for (const Candidate c : kept) {
    if (weight_of(c) >= options_.min_p) sum += weight_of(c);
    if (sum > target) return token_of(c);
  }
  // Unreachable: the last sum equals the total, and a number below 1 times the total is smaller.
  return token_of(kept.back());
}

}  // namespace ringlet
