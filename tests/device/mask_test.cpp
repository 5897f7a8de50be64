// Masks and confidence have the same tokens and bits on every target, and by both interfaces.
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "device/buffers.hpp"
#include "device/c_rig.hpp"
#include "device/sets.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/ringlet.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t vocab_size = 700;
constexpr std::size_t mask_words = (vocab_size + 31) / 32;

/// Logits and a mask that allows about a third.
struct Step {
  float logits[vocab_size];
  std::uint32_t mask[mask_words];

  void next(Random& random) {
    for (float& logit : logits) logit = 6 * random.symmetric();
    for (std::uint32_t& word : mask) word = 0;
    for (std::size_t i = 0; i < vocab_size; ++i) {
      if (random.below(3) == 0) mask[i / 32] |= 1U << i % 32;
    }
    mask[0] |= 1;
  }
};

TEST(Mask, ChoosesTheSameTokensEverywhere) {
  static Step step;
  static Buffer<std::byte, 8192> memory, c_memory;
  Random random(11);
  const SamplerOptions options{
      .temperature = 0.9F, .top_p = 0.95F, .repeat_penalty = 1.1F, .repeat_window = 8, .seed = 3};
  ringlet_sampler_options c_options = ringlet_sampler_options_default();
  c_options.temperature = options.temperature;
  c_options.top_p = options.top_p;
  c_options.repeat_penalty = options.repeat_penalty;
  c_options.repeat_window = options.repeat_window;
  c_options.seed = options.seed;
  Sampler sampler = *Sampler::create(options, vocab_size, memory.value, *kernel_sets().back());
  ringlet_sampler c_sampler;
  ASSERT_EQ(ringlet_sampler_create(&c_sampler, &c_options, vocab_size,
                                   {c_memory.value, sizeof c_memory.value}, c_kernels())
                .code,
            RINGLET_OK);
  Confidence confidence;
  ringlet_confidence c_confidence = ringlet_confidence_begin();
  std::uint32_t tokens = 0;
  for (int i = 0; i < 6; ++i) {
    step.next(random);
    const TokenId token = sampler.sample(step.logits, step.mask);
    EXPECT_TRUE((step.mask[token / 32] >> (token % 32) & 1) != 0);
    EXPECT_EQ(
        ringlet_sampler_sample_masked(&c_sampler, step.logits, vocab_size, step.mask, mask_words),
        token);
    confidence.observe(step.logits, step.mask, token);
    ringlet_confidence_observe(&c_confidence, step.logits, vocab_size, step.mask, mask_words,
                               token);
    tokens = tokens * 31 + token;
  }
  EXPECT_EQ(tokens, 1500419061U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(confidence.confidence()), 706918067U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(confidence.allowed()), 1048802109U);
  EXPECT_EQ(c_confidence.confidence, confidence.confidence());
  EXPECT_EQ(c_confidence.allowed, confidence.allowed());
  char text[6];
  ringlet_probability_print(0.0625F, text);
  EXPECT_EQ(std::strcmp(text, "0.063"), 0);
}

}  // namespace
}  // namespace ringlet::test
