// The codes of the cache of every set against scalar, to the bit: groups of every size, numbers of
// every size down to those that count as nothing, and the largest of a group twice, with either
// sign.
#include <gtest/gtest.h>

#include "device/buffers.hpp"
#include "device/sets.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most = 256;
Buffer<float, most> numbers;
Buffer<std::int8_t, most> expected, actual;

void compare(const KernelSet& set, std::size_t n) {
  expected.spoil();
  actual.spoil();
  EXPECT_EQ(scalar_kernels().quantize_int8(numbers.value, n, expected.value),
            set.quantize_int8(numbers.value, n, actual.value));
  EXPECT_TRUE(expected.same_bits(actual)) << set.name << n;
  if (n > 32) return;
  EXPECT_EQ(scalar_kernels().quantize_int4(numbers.value, n, expected.value),
            set.quantize_int4(numbers.value, n, actual.value));
  EXPECT_TRUE(expected.same_bits(actual)) << set.name << n;
}

TEST(DeviceCacheCodes, AreThoseOfScalar) {
  for (const KernelSet* set : kernel_sets()) {
    for (const float size : {100.0F, 1.0F, 0x1p-10F, 0x1p-14F, 0x1p-17F, 0x1p-60F, 0x1p-62F}) {
      for (std::size_t seed = 0; seed < 8; ++seed) {
        for (const std::size_t n : {1U, 5U, 8U, 24U, 31U, 32U, 64U, 80U, 256U}) {
          fill_floats(numbers.value, seed + n, size);
          numbers.value[seed % n] = size;
          numbers.value[(seed * 5 + 3) % n] = -size;
          compare(*set, n);
        }
      }
    }
    for (float& x : numbers.value) x = 0;
    compare(*set, 32);
  }
}

}  // namespace
}  // namespace ringlet::test
