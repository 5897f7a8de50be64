// The sampler's rule in its plainest form, regardless of cost: weigh everything, sort everything,
// truncate, draw. It defines the text of a seed; a change here is a change of everybody's texts.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <set>
#include <vector>

#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"
#include "ringlet/sampler.hpp"
#include "sampling/random.hpp"

namespace ringlet::test {

class PlainSampler {
 public:
  explicit PlainSampler(const SamplerOptions& options) : options_(options) {}

  TokenId sample(const std::vector<float>& logits) {
    const TokenId token = choose(logits);
    observe(token);
    return token;
  }

  void observe(TokenId token) {
    recent_.push_back(token);
    if (recent_.size() > options_.repeat_window) recent_.pop_front();
  }

  [[nodiscard]] std::uint64_t draws() const { return draws_; }

 private:
  struct Entry {
    float logit;
    TokenId token;
    float weight;
  };
  using Entries = std::vector<Entry>;

  [[nodiscard]] Entries load(const std::vector<float>& logits) const {
    const std::set<TokenId> recent(recent_.begin(), recent_.end());
    Entries entries;
    for (TokenId id = 0; id < logits.size(); ++id) {
      float logit = logits[id];
      if (recent.contains(id)) {
        logit = logit > 0 ? logit / options_.repeat_penalty : logit * options_.repeat_penalty;
      }
      if (std::isnan(logit)) logit = -std::numeric_limits<float>::infinity();
      entries.push_back({logit, id, 0});
    }
    return entries;
  }

  static bool more_likely(const Entry& a, const Entry& b) {
    return a.logit > b.logit || (a.logit == b.logit && a.token < b.token);
  }

  TokenId choose(const std::vector<float>& logits) {
    Entries entries = load(logits);
    const Entry best = *std::min_element(entries.begin(), entries.end(), more_likely);
    if (best.logit == -std::numeric_limits<float>::infinity()) {
      const auto number = std::find_if(logits.begin(), logits.end(),
                                       [](float logit) { return !std::isnan(logit); });
      return number == logits.end() ? 0 : static_cast<TokenId>(number - logits.begin());
    }
    if (options_.temperature == 0) return best.token;
    for (Entry& e : entries) {
      const float distance = e.logit == best.logit ? 0.0F : e.logit - best.logit;
      e.weight = canonical_exp(distance / options_.temperature);
    }
    truncate(entries);
    return draw(entries);
  }

  void truncate(Entries& entries) const {
    const bool has_k = options_.top_k > 0 && options_.top_k < entries.size();
    const bool has_p = options_.top_p < 1;
    const float whole = sum_in_lanes(entries);
    if (has_k || has_p) std::sort(entries.begin(), entries.end(), more_likely);
    if (has_k) entries.resize(options_.top_k);
    if (has_p) {
      const float target = options_.top_p * (has_k ? sum_in_order(entries) : whole);
      std::size_t count = 0;
      for (float sum = 0; count < entries.size() && sum < target; ++count)
        sum += entries[count].weight;
      entries.resize(count);
    }
    std::erase_if(entries, [&](const Entry& e) { return e.weight < options_.min_p; });
  }

  TokenId draw(const Entries& entries) {
    const float target = uniform(options_.seed, draws_++) * sum_in_order(entries);
    float sum = 0;
    for (const Entry& e : entries) {
      sum += e.weight;
      if (sum > target) return e.token;
    }
    return std::numeric_limits<TokenId>::max();  // no sampler's answer
  }

  static float sum_in_order(const Entries& entries) {
    float sum = 0;
    for (const Entry& e : entries) sum += e.weight;
    return sum;
  }

  static float sum_in_lanes(const Entries& entries) {
    float partial[reduction_lanes] = {};
    for (std::size_t i = 0; i < entries.size(); ++i)
      partial[i % reduction_lanes] += entries[i].weight;
    return reduce_tree(partial);
  }

  SamplerOptions options_;
  std::deque<TokenId> recent_;
  std::uint64_t draws_ = 0;
};

}  // namespace ringlet::test
