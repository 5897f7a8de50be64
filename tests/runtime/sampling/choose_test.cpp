// The choice of every kernel set against the plain rule: every combination of options, logits of
// every shape, and numbers at the edges of the float range.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "plain_sampler.hpp"
#include "support/aligned.hpp"
#include "support/kernel_sets.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
using Logits = std::vector<float>;

template <typename T, std::size_t n>
T pick(Random& random, const T (&values)[n]) {
  return values[random.below(n)];
}

/// What a sampler sees: much the same everywhere, or with a peak, ties, or numbers that are none.
enum class Shape : std::uint8_t {
  flat,
  peaked,
  ties,
  equal,
  few_finite,
  infinite,
  not_numbers,
  zeros,
  denormal,
  nothing
};
constexpr Shape shapes[] = {Shape::flat,     Shape::flat,        Shape::peaked,   Shape::peaked,
                            Shape::ties,     Shape::equal,       Shape::zeros,    Shape::few_finite,
                            Shape::infinite, Shape::not_numbers, Shape::denormal, Shape::nothing};

float distorted(Random& random, Shape shape, float logit) {
  switch (shape) {
    case Shape::flat:
      return logit;
    case Shape::peaked:
      return logit * logit * logit;
    case Shape::ties:
      return std::round(logit * 2.0F) / 2.0F;
    case Shape::equal:
      return 3.0F;
    case Shape::few_finite:
      return random.below(3) != 0 ? -infinity : logit;
    case Shape::infinite:
      return random.below(40) == 0 ? infinity : logit;
    case Shape::not_numbers:
      return random.below(4) == 0 ? nan : logit;
    case Shape::zeros:
      return random.below(2) == 0 ? 0.0F : random.below(2) == 0 ? -0.0F : -std::fabs(logit);
    case Shape::denormal:
      return random.below(2) == 0 ? std::fabs(logit) * -1.0F : logit * 0x1p-140F;
    case Shape::nothing:
      return random.below(2) == 0 ? nan : -infinity;
  }
  return logit;
}

Logits logits_of(Random& random, Shape shape, std::size_t size) {
  constexpr float sizes[] = {0.01F, 1.0F, 4.0F, 12.0F, 12.0F, 100.0F, 1e30F, 1e38F, 1e-30F};
  const float spread = pick(random, sizes);
  Logits logits(size);
  for (float& logit : logits) {
    // Nearly a normal distribution, whose tail the cuts are for.
    const float x = random.symmetric() + random.symmetric() + random.symmetric();
    logit = distorted(random, shape, spread * x);
  }
  return logits;
}

SamplerOptions options_of(Random& random) {
  constexpr float temperatures[] = {0.0F, 0.3F,  0.8F,   0.8F,   1.0F,  1.0F,
                                    2.5F, 1e-3F, 1e-20F, 1e-44F, 1e20F, 3e38F};
  constexpr std::uint32_t top_ks[] = {0, 0, 0, 1, 5, 40, 1000, 5000};
  constexpr float top_ps[] = {1.0F, 1.0F, 0.95F, 0.9F, 0.5F, 0.01F, 1e-30F, 0.999F, 0.9999999F};
  constexpr float min_ps[] = {0.0F, 0.0F, 0.0F, 0.05F, 0.5F, 0.999F, 1e-6F, 1e-34F};
  constexpr float penalties[] = {1.0F, 1.0F, 1.0F, 1.25F, 0.5F, 1e30F, 1e-30F};
  return {.temperature = pick(random, temperatures),
          .top_k = pick(random, top_ks),
          .top_p = pick(random, top_ps),
          .min_p = pick(random, min_ps),
          .repeat_penalty = pick(random, penalties),
          .repeat_window = random.below(12),
          .seed = random.next()};
}

/// The workspace has not a byte more than the sampler asks for.
void expect_the_plain_rule(const KernelSet& set, Random& random, const SamplerOptions& options,
                           std::uint32_t size) {
  AlignedBytes memory(
      static_cast<std::size_t>(Sampler::workspace_bytes(size, options.repeat_window)));
  Sampler sampler = *Sampler::create(options, size, memory.span(), set);
  PlainSampler plain(options);
  for (int draw = 0; draw < 6; ++draw) {
    const Shape shape = pick(random, shapes);
    const Logits logits = logits_of(random, shape, size);
    ASSERT_EQ(sampler.sample(logits), plain.sample(logits))
        << set.name << " temperature " << options.temperature << " top_k " << options.top_k
        << " top_p " << options.top_p << " min_p " << options.min_p << " penalty "
        << options.repeat_penalty << " size " << size << " shape " << static_cast<int>(shape);
    ASSERT_EQ(sampler.state().draws, plain.draws());
    const TokenId prompt = random.below(size);
    sampler.observe(prompt);
    plain.observe(prompt);
  }
}

class Choose : public testing::TestWithParam<const KernelSet*> {};

TEST_P(Choose, IsThatOfThePlainRule) {
  constexpr std::uint32_t sizes[] = {1, 2, 15, 63, 64, 65, 300, 1024, 1025, 1100, 2000, 3000};
  Random random(11);
  for (int i = 0; i < 1600; ++i) {
    expect_the_plain_rule(*GetParam(), random, options_of(random), pick(random, sizes));
  }
}

TEST_P(Choose, IsThatOfThePlainRuleForLargeVocabularies) {
  Random random(12);
  for (const std::uint32_t size : {32'000U, 49'152U, 151'936U}) {
    for (int i = 0; i < 2; ++i) {
      expect_the_plain_rule(*GetParam(), random, options_of(random), size);
      expect_the_plain_rule(*GetParam(), random,
                            {.temperature = 0.8F, .top_p = 0.95F, .seed = random.next()}, size);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, Choose, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test
