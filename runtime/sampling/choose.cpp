// How a sampler chooses. Kernels see every logit. All else sees only candidates: the logits above a
// cut on which the choice cannot depend.
#include <algorithm>
#include <bit>
#include <limits>

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
constexpr std::size_t batch = 32;
/// The largest number of bars of a histogram of logits.
constexpr std::size_t most_bars = 256;
/// Candidates of a bucket, on average.
constexpr std::size_t few = 3;

/// Whether a kernel can take a number for zero.
bool is_tiny(float value) noexcept { return value < smallest_normal && value > -smallest_normal; }

/// Calls visit(logits) for each block of a vocabulary.
template <typename Visit>
void for_blocks(std::span<const float> logits, Visit visit) noexcept {
  for (std::size_t i = 0; i < logits.size(); i += block) {
    visit(i, logits.subspan(i, std::min(block, logits.size() - i)));
  }
}

/// The number of weights after which their sum reaches `target`; all if it never does.
template <typename Candidate>
std::size_t count_to(float target, std::span<Candidate> weights) noexcept {
  std::size_t count = 0;
  for (float sum = 0.0F; count < weights.size() && sum < target; ++count)
    sum += weights[count].value;
  return count;
}

template <typename Candidate>
float sum_of(std::span<Candidate> weights) noexcept {
  float sum = 0.0F;
  for (const auto& candidate : weights) sum += candidate.value;
  return sum;
}

/// The choice when no distribution exists: the first logit that is not NaN.
TokenId first_number(std::span<const float> logits) noexcept {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] == logits[i]) return static_cast<TokenId>(i);
  }
  return 0;
}

}  // namespace

TokenId Sampler::choose(std::span<const float> logits) noexcept {
  const std::span<const float> penalized = penalize(logits);
  const Candidate best = find_best(penalized);
  if (best.value == -infinity) return first_number(logits);
  if (options_.temperature == 0.0F) return best.token;
  if (options_.top_k > 0 && options_.top_k < logits.size()) {
    return draw(keep_top_k(penalized, best.value));
  }
  if (options_.top_p < 1.0F) return draw(keep_top_p(logits, penalized, best.value));
  const std::span<Candidate> all = collect(penalized, cut_at(options_.min_p / 2, best.value));
  weigh(all, best.value);
  return draw(all);
}

/// The logits with the penalty on recent tokens: the caller's if there is none, else a copy in the
/// second half of the workspace, where collect() reads a logit before its candidates reach it. The
/// penalty uses the original logit, so a token that occurs twice in the window is penalized once.
std::span<const float> Sampler::penalize(std::span<const float> logits) const noexcept {
  if (options_.repeat_penalty == 1.0F || recent_count() == 0) return logits;
  float* copy = reinterpret_cast<float*>(candidates_.data()) + candidates_.size();
  std::copy(logits.begin(), logits.end(), copy);
  for (const TokenId token : recent_.first(recent_count())) {
    if (token >= logits.size()) continue;
    const float logit = logits[token];
    copy[token] = logit > 0.0F ? logit / options_.repeat_penalty : logit * options_.repeat_penalty;
  }
  return {copy, logits.size()};
}

/// The first of the highest logits; −infinity if there is none.
Sampler::Candidate Sampler::find_best(std::span<const float> logits) const noexcept {
  Candidate best{-infinity, 0};
  for_blocks(logits, [&](std::size_t first, std::span<const float> part) {
    const float most = kernels_->maximum(part.data(), part.size());
    if (most > best.value) best = {most, static_cast<TokenId>(first)};
  });
  if (is_tiny(best.value)) {  // among which the kernel does not choose
    best = {-infinity, 0};
    for (TokenId i = 0; i < logits.size(); ++i) {
      if (logits[i] > best.value) best = {logits[i], i};
    }
  }
  while (best.value > -infinity && logits[best.token] != best.value) ++best.token;
  return best;
}

/// A logit below which a token's weight is less than `weight`, with a margin for rounding.
float Sampler::cut_at(float weight, float best) const noexcept {
  // From the exponent, rounded down: ln 2 for each power of two. A weight of 0 gives −127, and the
  // smallest weight that is not 0 is e^-80.
  const auto exponent = static_cast<float>(std::bit_cast<std::uint32_t>(weight) >> 23) - 127.0F;
  return best + exponent * 0.693147F * options_.temperature;
}

/// A logit that at least k others reach: the k-th highest of the maxima of blocks.
float Sampler::cut_of_top_k(std::span<const float> logits) const noexcept {
  std::size_t count = 0;
  for_blocks(logits, [&](std::size_t first, std::span<const float> part) {
    const float most = kernels_->maximum(part.data(), part.size());
    candidates_[count++] = {most, static_cast<TokenId>(first)};
  });
  if (count < options_.top_k) return -infinity;
  const std::span<Candidate> maxima = candidates_.first(count);
  Descending(maxima, {}).advance(options_.top_k);
  return maxima[options_.top_k - 1].value;
}

/// All tokens whose logits are at least `cut`, by id; all numbers if it is NaN.
std::span<Sampler::Candidate> Sampler::collect(std::span<const float> logits,
                                               float cut) const noexcept {
  if (!(cut > -infinity)) cut = -infinity;
  if (is_tiny(cut)) cut = -smallest_normal;  // which the kernel can tell from zero
  std::size_t count = 0;
  for_blocks(logits, [&](std::size_t first, std::span<const float> part) {
    if (kernels_->maximum(part.data(), part.size()) < cut) return;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const float logit = part[i];
      candidates_[count] = {logit, static_cast<TokenId>(first + i)};
      count += logit >= cut ? 1 : 0;
    }
  });
  return candidates_.first(count);
}

/// Replaces logits by weights.
void Sampler::weigh(std::span<Candidate> candidates, float best) const noexcept {
  float values[batch];
  for (std::size_t i = 0; i < candidates.size(); i += batch) {
    const std::span<Candidate> part = candidates.subspan(i, std::min(batch, candidates.size() - i));
    for (std::size_t j = 0; j < part.size(); ++j) values[j] = part[j].value;
    kernels_->weigh(values, best, options_.temperature, part.size(), values);
    for (std::size_t j = 0; j < part.size(); ++j) part[j].value = values[j];
  }
}

/// The most likely candidates with their weights, in descending order: `most`, or as many as it
/// takes to reach `target`, or all. Many are first divided into buckets of a few, with counters in
/// the rest of the workspace; buckets are then sorted until enough candidates have been taken, by
/// insertion or, should many be in one bucket, by a heap.
std::span<Sampler::Candidate> Sampler::take(std::span<Candidate> all, std::size_t most,
                                            float target, Range range) const noexcept {
  std::span<std::uint32_t> starts;
  if (for_large_vocabularies && all.size() > 4 * batch) {
    const std::size_t room = 2 * (candidates_.size() - all.size());
    starts = {reinterpret_cast<std::uint32_t*>(all.data() + all.size()),
              std::min(room, all.size() / few)};
    if (room > 0) distribute(all, Buckets(range.best, range.lowest, starts.size()), starts);
  }
  most = std::min(most, all.size());
  float sum = 0.0F;
  std::size_t kept = 0;
  Descending order(all, starts);
  while (kept < most && sum < target) {
    const std::size_t end = std::min(kept + batch, most);
    order.advance(end);
    weigh(all.subspan(kept, end - kept), range.best);
    while (kept < end && sum < target) sum += all[kept++].value;
  }
  return all.first(kept);
}

/// Top-k, then top-p of what is left.
std::span<const Sampler::Candidate> Sampler::keep_top_k(std::span<const float> logits,
                                                        float best) const noexcept {
  const float cut = for_large_vocabularies ? cut_of_top_k(logits) : -infinity;
  const std::span<Candidate> all = collect(logits, cut);
  const std::span<Candidate> kept =
      take(all, options_.top_k, infinity, {best, std::max(cut, cut_at(0.0F, best))});
  if (!(options_.top_p < 1.0F)) return kept;
  return kept.first(count_to(options_.top_p * sum_of(kept), kept));
}

/// A logit above which the weights reach `target`, most likely: the tokens below `lowest` are too
/// few, and the others are counted in a histogram.
float Sampler::cut_of_top_p(std::span<const float> logits, float target,
                            Range range) const noexcept {
  // In the first half of the workspace.
  const std::size_t count = std::min(most_bars, logits.size());
  const std::span<std::uint32_t> bars(reinterpret_cast<std::uint32_t*>(candidates_.data()), count);
  std::fill(bars.begin(), bars.end(), 0);
  const Buckets buckets(range.best, range.lowest, count);
  for_blocks(logits, [&](std::size_t, std::span<const float> part) {
    if (kernels_->maximum(part.data(), part.size()) < range.lowest) return;
    buckets.count(part, bars);
  });
  const float width = (range.best - range.lowest) / static_cast<float>(count);
  float weights[] = {-width, -width / 2};
  kernels_->weigh(weights, 0.0F, options_.temperature, 2, weights);
  float sum = 0.0F;
  float weight = weights[1];  // in the middle of a bucket
  // The last bucket has all the rest as well. A margin for the shape of the buckets and rounding.
  for (std::size_t b = 0; b + 1 < count; ++b, weight *= weights[0]) {
    sum += static_cast<float>(bars[b]) * weight;
    if (sum > target + target / 256) return range.best - width * static_cast<float>(b + 1);
  }
  return range.lowest;
}

/// Top-p of the whole vocabulary. The tokens below the lowest cut have together less than half of
/// what top-p drops. Should the first cut be too high after all, all tokens are candidates.
std::span<const Sampler::Candidate> Sampler::keep_top_p(std::span<const float> logits,
                                                        std::span<const float> penalized,
                                                        float best) const noexcept {
  const float total =
      kernels_->weigh(penalized.data(), best, options_.temperature, penalized.size(), nullptr);
  const float target = options_.top_p * total;
  const float dropped = (1.0F - options_.top_p) * total;
  Range range{best, cut_at(dropped / (2.0F * static_cast<float>(logits.size())), best)};
  if (for_large_vocabularies) range.lowest = cut_of_top_p(penalized, target, range);
  const std::span<Candidate> likely = collect(penalized, range.lowest);
  const std::span<Candidate> kept = take(likely, likely.size(), target, range);
  if (kept.size() < likely.size() || sum_of(kept) >= target) return kept;
  const std::span<Candidate> all = collect(penalize(logits), -infinity);
  return take(all, all.size(), target, {best, cut_at(0.0F, best)});
}

/// Applies min-p, then returns the token where the running sum passes a random fraction of the
/// total. A token without weight changes no sum.
TokenId Sampler::draw(std::span<const Candidate> kept) noexcept {
  float total = 0.0F;
  for (const Candidate& c : kept) total += c.value >= options_.min_p ? c.value : 0.0F;
  const float target = uniform(options_.seed, draws_++) * total;
  float sum = 0.0F;
  for (const Candidate& c : kept) {
    sum += c.value >= options_.min_p ? c.value : 0.0F;
    if (sum > target) return c.token;
  }
  // Unreachable: the last sum equals the total, and a number below 1 times the total is smaller.
  return kept.back().token;
}

}  // namespace ringlet
