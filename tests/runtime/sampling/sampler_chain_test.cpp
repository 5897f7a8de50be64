// The sampler's chain as a whole: the same choice as a full sort, the right frequencies, the same
// sequence.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "numerics/exp.hpp"
#include "ringlet/sampler.hpp"
#include "sampling/random.hpp"
#include "support/aligned.hpp"
#include "support/random.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using Logits = std::vector<float>;

/// The chain in its simplest form, regardless of cost: sort everything, then truncate.
class SortingSampler {
 public:
  explicit SortingSampler(const SamplerOptions& options) : options_(options) {}

  TokenId sample(Logits logits) {
    penalise(logits);
    const TokenId token = choose(logits);
    recent_.push_back(token);
    if (recent_.size() > options_.repeat_window) recent_.pop_front();
    return token;
  }

 private:
  struct Entry {
    float logit;
    TokenId token;
    float weight;
  };

  void penalise(Logits& logits) const {
    std::vector<TokenId> tokens(recent_.begin(), recent_.end());
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    for (const TokenId token : tokens) {
      float& logit = logits[token];
      logit = logit > 0 ? logit / options_.repeat_penalty : logit * options_.repeat_penalty;
    }
  }

  TokenId choose(const Logits& logits) {
    std::vector<Entry> entries;
    for (TokenId id = 0; id < logits.size(); ++id) entries.push_back({logits[id], id, 0});
    const auto order = [](const Entry& a, const Entry& b) {
      return a.logit > b.logit || (a.logit == b.logit && a.token < b.token);
    };
    const float best = std::min_element(entries.begin(), entries.end(), order)->logit;
    if (options_.temperature == 0) {
      return std::min_element(entries.begin(), entries.end(), order)->token;
    }
    for (Entry& e : entries) e.weight = canonical_exp((e.logit - best) / options_.temperature);
    const bool has_k = options_.top_k > 0 && options_.top_k < entries.size();
    const float whole = lanes(entries);
    if (has_k || options_.top_p < 1) std::sort(entries.begin(), entries.end(), order);
    if (has_k) entries.resize(options_.top_k);
    if (options_.top_p < 1) cut(entries, options_.top_p * (has_k ? total(entries) : whole));
    std::erase_if(entries, [&](const Entry& e) { return e.weight < options_.min_p; });

    const float target = uniform(options_.seed, draws_++) * total(entries);
    float sum = 0;
    for (const Entry& e : entries) {
      sum += e.weight;
      if (sum > target) return e.token;
    }
    ADD_FAILURE() << "the sum never passes the target";
    return 0;
  }

  static void cut(std::vector<Entry>& entries, float target) {
    std::size_t count = 0;
    for (float sum = 0; count < entries.size() && sum < target; ++count)
      sum += entries[count].weight;
    entries.resize(count);
  }

  static float total(const std::vector<Entry>& entries) {
    float sum = 0;
    for (const Entry& e : entries) sum += e.weight;
    return sum;
  }

  static float lanes(const std::vector<Entry>& entries) {
    float partial[16] = {};
    for (std::size_t i = 0; i < entries.size(); ++i) partial[i % 16] += entries[i].weight;
    for (std::size_t half = 8; half > 0; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) partial[i] += partial[i + half];
    }
    return partial[0];
  }

  SamplerOptions options_;
  std::deque<TokenId> recent_;
  std::uint64_t draws_ = 0;
};

/// Logits with the shape of a model's: most of them low, some high, with ties.
Logits random_logits(test::Random& random, std::size_t size) {
  Logits logits(size);
  const float spread = 0.5F + static_cast<float>(random.below(16));
  for (float& logit : logits) {
    const float x = random.symmetric();
    logit = std::round(spread * x * x * x * 64.0F) / 64.0F;
    if (random.below(50) == 0) logit = -std::numeric_limits<float>::infinity();
  }
  logits[random.below(static_cast<std::uint32_t>(size))] = spread;
  return logits;
}

TEST(SamplerChain, EqualsAFullSort) {
  test::Random random(11);
  constexpr float temperatures[] = {0.0F, 0.3F, 1.0F, 2.5F};
  constexpr std::uint32_t top_ks[] = {0, 1, 5, 40, 5000};
  constexpr float top_ps[] = {1.0F, 0.9F, 0.5F, 0.999F, 0.9999999F};
  constexpr float min_ps[] = {0.0F, 0.05F, 0.5F};
  constexpr std::size_t sizes[] = {1, 2, 15, 300, 3000};
  for (int i = 0; i < 800; ++i) {
    SamplerOptions options;
    options.temperature = temperatures[random.below(4)];
    options.top_k = top_ks[random.below(5)];
    options.top_p = top_ps[random.below(5)];
    options.min_p = min_ps[random.below(3)];
    options.repeat_penalty = random.below(2) == 0 ? 1.0F : 1.25F;
    options.repeat_window = random.below(8);
    options.seed = random.next();
    const std::size_t size = sizes[random.below(5)];
    AlignedBytes memory(static_cast<std::size_t>(
        Sampler::workspace_bytes(static_cast<std::uint32_t>(size), options.repeat_window)));
    Sampler sampler = *Sampler::create(options, static_cast<std::uint32_t>(size), memory.span());
    SortingSampler sorting(options);
    for (int draw = 0; draw < 6; ++draw) {
      const Logits logits = random_logits(random, size);
      ASSERT_EQ(sampler.sample(logits), sorting.sample(logits))
          << "temperature " << options.temperature << " top_k " << options.top_k << " top_p "
          << options.top_p << " min_p " << options.min_p << " size " << size;
    }
  }
}

/// Pearson's test of 40,000 draws against the probabilities in double precision.
double chi_square(const SamplerOptions& options, const Logits& logits,
                  const std::vector<double>& expected) {
  constexpr int draws = 40'000;
  AlignedBytes memory(static_cast<std::size_t>(
      Sampler::workspace_bytes(static_cast<std::uint32_t>(logits.size()), options.repeat_window)));
  Sampler sampler =
      *Sampler::create(options, static_cast<std::uint32_t>(logits.size()), memory.span());
  std::vector<int> counts(logits.size());
  for (int i = 0; i < draws; ++i) ++counts[sampler.sample(logits)];
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (expected[i] == 0) {
      EXPECT_EQ(counts[i], 0) << i;
      continue;
    }
    const double difference = counts[i] - expected[i] * draws;
    sum += difference * difference / (expected[i] * draws);
  }
  return sum;
}

std::vector<double> softmax(const Logits& logits, double temperature) {
  std::vector<double> p;
  double sum = 0;
  for (const float logit : logits) sum += p.emplace_back(std::exp(logit / temperature));
  for (double& value : p) value /= sum;
  return p;
}

TEST(SamplerChain, DrawsWithTheRightFrequencies) {
  const Logits logits = {0.5F, -1.0F, 2.0F, 1.5F, -0.5F, 0.0F, 1.0F, -2.0F};
  constexpr double limit = 24.3;  // 7 degrees of freedom: exceeded by one seed in a thousand
  EXPECT_LT(chi_square({.temperature = 1.0F, .seed = 1}, logits, softmax(logits, 1.0)), limit);
  EXPECT_LT(chi_square({.temperature = 0.5F, .seed = 2}, logits, softmax(logits, 0.5)), limit);
  EXPECT_LT(chi_square({.temperature = 2.0F, .top_p = 0.9999999F, .seed = 3}, logits,
                       softmax(logits, 2.0)),
            limit);

  std::vector<double> three(8);
  const double sum = std::exp(2.0) + std::exp(1.5) + std::exp(1.0);
  three[2] = std::exp(2.0) / sum;
  three[3] = std::exp(1.5) / sum;
  three[6] = std::exp(1.0) / sum;
  EXPECT_LT(chi_square({.temperature = 1.0F, .top_k = 3, .seed = 4}, logits, three), 13.8);
  EXPECT_LT(chi_square({.temperature = 1.0F, .min_p = 0.3F, .seed = 5}, logits, three), 13.8);
  EXPECT_LT(chi_square({.temperature = 1.0F, .top_p = 0.7F, .seed = 6}, logits, three), 13.8);
}

std::vector<TokenId> sequence(const SamplerOptions& options, bool again) {
  test::Random random(5);
  AlignedBytes memory(
      static_cast<std::size_t>(Sampler::workspace_bytes(512, options.repeat_window)));
  Sampler sampler = *Sampler::create(options, 512, memory.span());
  if (again) {
    for (int i = 0; i < 7; ++i) sampler.sample(random_logits(random, 512));
    sampler.reset();
    random = test::Random(5);
  }
  std::vector<TokenId> tokens;
  for (int i = 0; i < 16; ++i) tokens.push_back(sampler.sample(random_logits(random, 512)));
  return tokens;
}

constexpr SamplerOptions golden_options{.temperature = 0.8F,
                                        .top_k = 0,
                                        .top_p = 0.95F,
                                        .min_p = 0.01F,
                                        .repeat_penalty = 1.1F,
                                        .repeat_window = 8,
                                        .seed = 1234567890123};

TEST(SamplerChain, StartsTheSameSequenceAfterReset) {
  EXPECT_EQ(sequence(golden_options, true), sequence(golden_options, false));
  SamplerOptions other = golden_options;
  other.seed += 1;
  EXPECT_NE(sequence(other, false), sequence(golden_options, false));
}

/// Computed once and the same on every target; a change is a change of everybody's texts.
TEST(SamplerChain, HasItsGoldenSequence) {
  EXPECT_EQ(sequence(golden_options, false),
            (std::vector<TokenId>{58, 29, 443, 210, 484, 406, 32, 153, 305, 335, 165, 29, 360, 376,
                                  40, 98}));
}

}  // namespace
}  // namespace ringlet
