#include "ringlet/sampler.hpp"

#include <algorithm>
#include <limits>

#include "base/invalid_argument.hpp"
#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"
#include "ringlet/division.hpp"
#include "sampling/random.hpp"

namespace ringlet {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr std::size_t workspace_alignment = 8;

bool is_nan(float value) noexcept { return value != value; }

/// Higher logits first, lower ids first among equal logits. No two candidates are equal and none is
/// NaN, so this is a strict total order: every sorting algorithm gives the same sequence.
constexpr auto more_likely = [](const auto& a, const auto& b) noexcept {
  return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
};

/// Σ value(x) in the order of the range.
template <typename Range, typename Value>
float sum_in_order(const Range& range, Value value) noexcept {
  float sum = 0.0F;
  for (const auto& x : range) sum += value(x);
  return sum;
}

/// Σ value(x) by sixteen partial sums, the canonical reduction. Over a whole vocabulary it loses
/// less of the many small terms than one running sum.
template <typename Range, typename Value>
float sum_in_lanes(const Range& range, Value value) noexcept {
  float partial[reduction_lanes] = {};
  std::size_t i = 0;
  for (const auto& x : range) partial[i++ % reduction_lanes] += value(x);
  return reduce_tree(partial);
}

/// A mask without words allows every token.
bool is_allowed(std::span<const std::uint32_t> mask, std::size_t token) noexcept {
  return mask.empty() || (mask[token / 32] >> (token % 32) & 1) != 0;
}

/// The choice when no distribution exists: the first logit that is not NaN, and of a mask at least
/// one that is allowed.
TokenId first_number(std::span<const float> logits, std::span<const std::uint32_t> mask) noexcept {
  TokenId first = Sampler::none;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!is_allowed(mask, i)) continue;
    if (!is_nan(logits[i])) return static_cast<TokenId>(i);
    if (first == Sampler::none) first = static_cast<TokenId>(i);
  }
  return mask.empty() && first == Sampler::none ? 0 : first;
}

/// The comparisons are written so that NaN fails them.
Status check(const SamplerOptions& options) noexcept {
  if (!(options.temperature >= 0.0F && options.temperature < infinity)) {
    return invalid_argument("temperature", "must be a finite number, 0 (greedy) or more");
  }
  if (!(options.top_p > 0.0F && options.top_p <= 1.0F)) {
    return invalid_argument("top_p", "must be above 0 and at most 1 (1 keeps all)");
  }
  if (!(options.min_p >= 0.0F && options.min_p < 1.0F)) {
    return invalid_argument("min_p", "must be at least 0 (keeps all) and below 1");
  }
  if (!(options.repeat_penalty > 0.0F && options.repeat_penalty < infinity)) {
    return invalid_argument("repeat_penalty",
                            "must be a finite number above 0 (1 means no penalty)");
  }
  return {};
}

}  // namespace

std::uint64_t Sampler::workspace_bytes(std::uint32_t vocab_size,
                                       std::uint32_t repeat_window) noexcept {
  static_assert(sizeof(Candidate) == 8 && alignof(Candidate) <= workspace_alignment);
  return std::uint64_t{vocab_size} * sizeof(Candidate) +
         std::uint64_t{repeat_window} * sizeof(TokenId);
}

Result<Sampler> Sampler::create(const SamplerOptions& options, std::uint32_t vocab_size,
                                std::span<std::byte> workspace) noexcept {
  if (const Status status = check(options); !status.ok()) return status;
  if (vocab_size == 0) return invalid_argument("vocab_size", "must be at least 1");
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % workspace_alignment != 0) {
    return invalid_argument("workspace", "must be aligned to 8 bytes");
  }
  const std::uint64_t needed = workspace_bytes(vocab_size, options.repeat_window);
  if (workspace.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "workspace",
                  "too small for this vocabulary and repeat_window")
        .with(needed, workspace.size());
  }
  const auto candidates = static_cast<std::size_t>(workspace_bytes(vocab_size, 0));
  return Sampler(options, vocab_size, workspace.data(), workspace.data() + candidates);
}

// Arrays of trivial types begin to exist implicitly in byte storage (C++20, P0593).
Sampler::Sampler(const SamplerOptions& options, std::uint32_t vocab_size, std::byte* candidates,
                 std::byte* recent) noexcept
    : options_(options),
      candidates_(reinterpret_cast<Candidate*>(candidates), vocab_size),
      recent_(reinterpret_cast<TokenId*>(recent), options.repeat_window) {}

TokenId Sampler::sample(std::span<const float> logits) noexcept {
  const TokenId token = choose(logits.first(std::min(logits.size(), candidates_.size())), {});
  observe(token);
  return token;
}

TokenId Sampler::sample(std::span<const float> logits,
                        std::span<const std::uint32_t> mask) noexcept {
  if (mask.empty()) return none;
  const std::size_t most = std::min(candidates_.size(), mask.size() * 32);
  const TokenId token = choose(logits.first(std::min(logits.size(), most)), mask);
  if (token != none) observe(token);
  return token;
}

TokenId Sampler::likeliest(std::span<const float> logits) noexcept {
  const auto known = logits.first(std::min(logits.size(), candidates_.size()));
  load(known, {});
  return best_of(known, {});
}

void Sampler::observe(TokenId token) noexcept {
  if (recent_.empty()) return;
  recent_[remainder(observed_, options_.repeat_window)] = token;
  ++observed_;
}

void Sampler::reset() noexcept {
  observed_ = 0;
  draws_ = 0;
}

void Sampler::resume(const State& state) noexcept {
  options_.seed = state.seed;
  draws_ = state.draws;
}

std::uint32_t Sampler::recent_count() const noexcept {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(observed_, recent_.size()));
}

TokenId Sampler::recent(std::uint32_t index) const noexcept {
  return recent_[remainder(observed_ - recent_count() + index, options_.repeat_window)];
}

TokenId Sampler::choose(std::span<const float> logits,
                        std::span<const std::uint32_t> mask) noexcept {
  load(logits, mask);
  const TokenId best = best_of(logits, mask);
  const std::span<Candidate> all = candidates_.first(logits.size());
  if (best >= all.size() || all[best].logit == -infinity) return best;
  if (options_.temperature == 0.0F) return best;
  const float best_logit = all[best].logit;
  return draw(keep_most_likely(all, best_logit), best_logit);
}

/// The most likely of the loaded candidates.
TokenId Sampler::best_of(std::span<const float> logits,
                         std::span<const std::uint32_t> mask) const noexcept {
  const std::span<const Candidate> all = candidates_.first(logits.size());
  TokenId best = 0;
  for (TokenId i = 1; i < all.size(); ++i) {
    if (all[i].logit > all[best].logit) best = i;
  }
  return all.empty() || all[best].logit == -infinity ? first_number(logits, mask) : best;
}

/// Loads every token with its logit: NaN and tokens that the mask leaves out become −infinity, and
/// recent tokens are penalized. The penalty uses the original logit, so a token that occurs twice
/// in the window is penalized once.
void Sampler::load(std::span<const float> logits, std::span<const std::uint32_t> mask) noexcept {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const bool is_out = is_nan(logits[i]) || !is_allowed(mask, i);
    candidates_[i] = {is_out ? -infinity : logits[i], static_cast<TokenId>(i)};
  }
  if (options_.repeat_penalty == 1.0F) return;
  for (const TokenId token : recent_.first(recent_count())) {
    if (token >= logits.size() || is_nan(logits[token]) || !is_allowed(mask, token)) continue;
    const float logit = logits[token];
    candidates_[token].logit =
        logit > 0.0F ? logit / options_.repeat_penalty : logit * options_.repeat_penalty;
  }
}

/// The probability relative to the most likely token. The comparison handles infinities, which are
/// equally likely. The difference is divided rather than the logits, so that a tiny temperature
/// overflows to −infinity, which is correct.
float Sampler::weight(float logit, float best) const noexcept {
  return logit == best ? 1.0F : canonical_exp((logit - best) / options_.temperature);
}

/// Top-k and top-p. Candidates leave a binary heap in descending order until enough have left: O(n)
/// to build the heap and O(log n) for each one kept, with the same result as sorting everything.
/// With neither option, keeps all candidates in order of their ids.
std::span<Sampler::Candidate> Sampler::keep_most_likely(std::span<Candidate> all,
                                                        float best) const noexcept {
  const auto weigh = [&](const Candidate& c) noexcept { return weight(c.logit, best); };
  const bool has_k = options_.top_k > 0 && options_.top_k < all.size();
  const bool has_p = options_.top_p < 1.0F;
  if (!has_k && !has_p) return all;

  const std::size_t most = has_k ? options_.top_k : all.size();
  // The total that top-p refers to: the whole vocabulary, or what top-k keeps (below).
  float target = has_k ? infinity : options_.top_p * sum_in_lanes(all, weigh);
  const auto less_likely = [](const Candidate& a, const Candidate& b) noexcept {
    return more_likely(b, a);
  };
  std::make_heap(all.begin(), all.end(), less_likely);
  std::size_t kept = 0;
  for (float sum = 0.0F; kept < most && sum < target; ++kept) {
    const auto end = all.end() - static_cast<std::ptrdiff_t>(kept);
    std::pop_heap(all.begin(), end, less_likely);  // moves the most likely one to the end
    sum += weigh(*(end - 1));
  }
  const std::span<Candidate> result = all.last(kept);
  std::reverse(result.begin(), result.end());
  if (!has_k || !has_p) return result;

  target = options_.top_p * sum_in_order(result, weigh);
  kept = 0;
  for (float sum = 0.0F; kept < result.size() && sum < target; ++kept) sum += weigh(result[kept]);
  return result.first(kept);
}

/// Applies min-p, then returns the token where the running sum passes a random fraction of the
/// total.
TokenId Sampler::draw(std::span<Candidate> kept, float best) noexcept {
  // From here on, weights replace the logits.
  std::size_t count = 0;
  for (const Candidate& c : kept) {
    const float w = weight(c.logit, best);
    if (w > 0.0F && w >= options_.min_p) kept[count++] = {w, c.token};
  }
  const std::span<const Candidate> choices = kept.first(count);
  const float total = sum_in_order(choices, [](const Candidate& c) noexcept { return c.logit; });
  const float target = uniform(options_.seed, draws_++) * total;
  float sum = 0.0F;
  for (const Candidate& c : choices) {
    sum += c.logit;
    if (sum > target) return c.token;
  }
  // Unreachable: the last sum equals the total, and a number below 1 times the total is smaller.
  return choices.back().token;
}

}  // namespace ringlet
