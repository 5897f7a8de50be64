// The sampler's chain as a whole: the right frequencies, the same sequence. choose_test.cpp
// compares it with the plain rule.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ringlet/sampler.hpp"
#include "support/aligned.hpp"
#include "support/kernel_sets.hpp"
#include "support/random.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using Logits = std::vector<float>;

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

/// Pearson's test of 40,000 draws against the probabilities in double precision.
double chi_square(const SamplerOptions& options, const Logits& logits,
                  const std::vector<double>& expected) {
  constexpr int draws = 40'000;
  AlignedBytes memory(static_cast<std::size_t>(
      Sampler::workspace_bytes(static_cast<std::uint32_t>(logits.size()), options.repeat_window)));
  Sampler sampler = *Sampler::create(options, static_cast<std::uint32_t>(logits.size()),
                                     memory.span(), *test::kernel_sets().front());
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
  Sampler sampler = *Sampler::create(options, 512, memory.span(), *test::kernel_sets().front());
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
