// The elementwise kernels of every set against scalar, to the bit, for lengths around the width of
// a vector register.
#include <gtest/gtest.h>

#include "device/buffers.hpp"
#include "device/sets.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t lengths[] = {1, 3, 4, 15, 16, 17, 31, 172, 1000};
constexpr float sizes[] = {0.001F, 1.0F, 30.0F, 200.0F};
constexpr std::size_t most = 1000;

using Floats = Buffer<float, most>;
Floats a, b, expected, actual;

/// Compares the results of `run(set, y)` for every set with those for scalar.
template <typename Run>
void compare(const char* kernel, std::size_t n, Run run) {
  const auto fresh = [&](const KernelSet& set, Floats& y) {
    fill_floats(y.value, 9);
    run(set, y.value);
  };
  fresh(scalar_kernels(), expected);
  for (const KernelSet* set : kernel_sets()) {
    fresh(*set, actual);
    EXPECT_TRUE(expected.same_bits(actual)) << set->name << kernel << n;
  }
}

TEST(DeviceVectors, ElementwiseKernelsAreThoseOfScalar) {
  for (const float size : sizes) {
    fill_floats(a.value, 1, size);
    fill_floats(b.value, 2, 3.0F);
    for (const std::size_t n : lengths) {
      compare("rms_norm", n, [&](const KernelSet& set, float* y) {
        set.rms_norm(a.value, b.value, y, n, 0x1p-17F);
      });
      compare("silu_multiply", n,
              [&](const KernelSet& set, float* y) { set.silu_multiply(a.value, b.value, y, n); });
      for (const float* up :
           {static_cast<const float*>(b.value), static_cast<const float*>(nullptr)}) {
        compare("gelu_tanh", n,
                [&](const KernelSet& set, float* y) { set.gelu_tanh(a.value, up, y, n); });
        compare("gelu_erf", n,
                [&](const KernelSet& set, float* y) { set.gelu_erf(a.value, up, y, n); });
      }
      compare("hadamard", n, [&](const KernelSet& set, float* y) { set.hadamard(y, n); });
      compare("add", n, [&](const KernelSet& set, float* y) { set.add(a.value, y, n); });
      compare("scale", n, [&](const KernelSet& set, float* y) { set.scale(a.value, 0.3F, n, y); });
      compare("center", n, [&](const KernelSet& set, float* y) { set.center(a.value, y, n); });
      compare("soft_cap", n,
              [&](const KernelSet& set, float* y) { set.soft_cap(a.value, 50.0F, n, y); });
    }
  }
}

TEST(DeviceVectors, RotationsAreThoseOfScalar) {
  static Buffer<std::uint64_t, 128> steps;
  static Buffer<float, 128> cosine, sine;
  Random random(5);
  for (std::uint64_t& step : steps.value) step = random.next() >> random.below(60);
  fill_floats(a.value, 6);
  for (const std::size_t pairs : {1U, 3U, 4U, 17U, 64U, 128U}) {
    for (const std::uint64_t position :
         {std::uint64_t{0}, std::uint64_t{77}, ~std::uint64_t{0} / 3}) {
      compare("rotary_table", pairs, [&](const KernelSet& set, float* y) {
        set.rotary_table(position, steps.value, pairs, y, y + pairs);
      });
      scalar_kernels().rotary_table(position, steps.value, pairs, cosine.value, sine.value);
      compare("rotate", pairs, [&](const KernelSet& set, float* y) {
        set.rotate(a.value, cosine.value, sine.value, pairs, y);
      });
    }
  }
}

}  // namespace
}  // namespace ringlet::test
