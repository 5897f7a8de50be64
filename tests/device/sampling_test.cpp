// The sampler's kernels of every set against scalar, to the bit: lengths around the width of a
// vector register, temperatures from the smallest to the largest, and numbers that are none.
#include <gtest/gtest.h>

#include <limits>

#include "base/features.hpp"
#include "device/buffers.hpp"
#include "device/sets.hpp"
#include "kernels/scalar/scalar.hpp"

namespace ringlet::test {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr std::size_t lengths[] = {1, 3, 4, 15, 16, 17, 31, 172, 1000};
constexpr std::size_t most = 1000;
Buffer<float, most> logits, expected, actual;

/// Builds for size have the maximum of the scalar set alone.
auto maximum_of(const KernelSet& set) {
  EXPECT_EQ(set.maximum == nullptr, features::for_size) << set.name;
  return features::for_size ? scalar::maximum : set.maximum;
}

/// Weights with the highest logit as the best.
void compare(std::size_t n, float temperature, const char* what) {
  const KernelSet& scalar = scalar_kernels();
  const float best = scalar::maximum(logits.value, n);
  expected.spoil();
  const float sum = scalar.weigh(logits.value, best, temperature, n, expected.value);
  for (const KernelSet* set : kernel_sets()) {
    EXPECT_EQ(maximum_of(*set)(logits.value, n), best) << set->name << what << n;
    EXPECT_EQ(set->weigh(logits.value, best, temperature, n, nullptr), sum)
        << set->name << what << n << " temperature " << temperature;
    actual.spoil();
    EXPECT_EQ(set->weigh(logits.value, best, temperature, n, actual.value), sum);
    EXPECT_TRUE(expected.same_bits(actual)) << set->name << what << n << " " << temperature;
    // In place.
    actual.spoil();
    std::memcpy(actual.value, logits.value, n * sizeof(float));
    EXPECT_EQ(set->weigh(actual.value, best, temperature, n, actual.value), sum);
    EXPECT_TRUE(expected.same_bits(actual)) << set->name << what << n << " " << temperature;
  }
}

TEST(DeviceSampling, KernelsAreThoseOfScalar) {
  for (const float size : {0.001F, 1.0F, 20.0F, 100.0F, 1e30F}) {
    fill_floats(logits.value, 21, size);
    for (const float temperature : {1e-30F, 1e-4F, 0.1F, 0.8F, 1.0F, 2.5F, 1e6F, 3e38F}) {
      for (const std::size_t n : lengths) compare(n, temperature, "size");
    }
  }
}

/// A quotient that is off by one unit in the last place changes one weight in a few.
TEST(DeviceSampling, QuotientsAreThoseOfADivision) {
  Random random(22);
  for (int i = 0; i < 200; ++i) {
    const float temperature = 1.0F + random.symmetric();
    fill_floats(logits.value, random.next(), 40.0F * temperature);
    compare(most, temperature, "quotients");
  }
}

TEST(DeviceSampling, NumbersThatAreNoneWeighNothing) {
  fill_floats(logits.value, 23, 5.0F);
  for (std::size_t i = 0; i < most; i += 7) logits.value[i] = -infinity;
  for (std::size_t i = 1; i < most; i += 9) {
    logits.value[i] = std::numeric_limits<float>::quiet_NaN();
  }
  for (const std::size_t n : lengths) compare(n == 1 ? 3 : n, 0.8F, "none");
  logits.value[2] = logits.value[20] = infinity;
  for (const std::size_t n : lengths) compare(n == 1 ? 3 : n, 0.8F, "infinite");
  for (float& logit : logits.value) logit = std::numeric_limits<float>::quiet_NaN();
  for (const KernelSet* set : kernel_sets()) {
    EXPECT_EQ(maximum_of(*set)(logits.value, most), -infinity) << set->name;
    EXPECT_EQ(maximum_of(*set)(logits.value, 0), -infinity) << set->name;
  }
}

}  // namespace
}  // namespace ringlet::test
