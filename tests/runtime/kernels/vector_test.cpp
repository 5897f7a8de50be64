// The elementwise kernels of every set against double arithmetic, for lengths around the width of a
// vector register, in place where the contract allows it.
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t lengths[] = {1, 3, 8, 15, 16, 17, 31, 32, 33, 172, 1000};

class VectorKernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  [[nodiscard]] const KernelSet& set() const { return *GetParam(); }
};

TEST_P(VectorKernels, RmsNormIsRight) {
  for (const std::size_t n : lengths) {
    for (const float size : {1e-6F, 1.0F, 1e6F}) {
      const std::vector<float> x = plain_floats(n, n, size);
      const std::vector<float> gain = plain_floats(n, n + 1);
      std::vector<float> y(n);
      set().rms_norm(x.data(), gain.data(), y.data(), n, 1e-5F);
      double squares = 0;
      for (float value : x) squares += static_cast<double>(value) * static_cast<double>(value);
      const double factor = 1 / std::sqrt(squares / static_cast<double>(n) + 1e-5F);
      for (std::size_t i = 0; i < n; ++i) {
        const double expected = x[i] * factor * gain[i];
        // The sum of n squares has at most n/16 + 6 roundings, halved by the root; then five more.
        const double bound = (static_cast<double>(n) / 32 + 8) * 0x1p-24 * std::fabs(expected);
        ASSERT_NEAR(y[i], expected, bound) << n << " size " << size;
      }
      std::vector<float> in_place = x;
      set().rms_norm(in_place.data(), gain.data(), in_place.data(), n, 1e-5F);
      EXPECT_TRUE(same_bits(in_place, y)) << n;
    }
  }
}

TEST_P(VectorKernels, RmsNormOfZeroIsZero) {
  const std::vector<float> zero(40, 0.0F);
  const std::vector<float> gain(40, 2.0F);
  std::vector<float> y(40, 1.0F);
  set().rms_norm(zero.data(), gain.data(), y.data(), 40, 1e-5F);
  EXPECT_TRUE(same_bits(y, zero));
}

TEST_P(VectorKernels, SiluMultiplyIsRight) {
  for (const std::size_t n : lengths) {
    for (const float size : {0.001F, 1.0F, 20.0F, 200.0F}) {
      const std::vector<float> gate = plain_floats(n, n, size);
      const std::vector<float> up = plain_floats(n, n + 1, 3.0F);
      std::vector<float> y(n);
      set().silu_multiply(gate.data(), up.data(), y.data(), n);
      for (std::size_t i = 0; i < n; ++i) {
        const double g = gate[i];
        const double expected = g / (1 + std::exp(-g)) * up[i];
        // exp to 1.5 ulp and its argument exact; beyond ±80 it is constant, which is below 1e-32.
        ASSERT_NEAR(y[i], expected, 8 * 0x1p-24 * std::fabs(expected) + 1e-30) << gate[i];
      }
      std::vector<float> over_gate = gate;
      std::vector<float> over_up = up;
      set().silu_multiply(over_gate.data(), up.data(), over_gate.data(), n);
      set().silu_multiply(gate.data(), over_up.data(), over_up.data(), n);
      EXPECT_TRUE(same_bits(over_gate, y)) << n;
      EXPECT_TRUE(same_bits(over_up, y)) << n;
    }
  }
}

TEST_P(VectorKernels, GeluIsRightWithAndWithoutAFactor) {
  for (const std::size_t n : lengths) {
    for (const float size : {0.001F, 1.0F, 5.0F, 200.0F}) {
      const std::vector<float> x = plain_floats(n, n, size);
      const std::vector<float> up = plain_floats(n, n + 1, 3.0F);
      std::vector<float> plain(n), times_up(n);
      for (const auto& [kernel, is_erf] :
           {std::pair{set().gelu_tanh, false}, std::pair{set().gelu_erf, true}}) {
        kernel(x.data(), nullptr, plain.data(), n);
        kernel(x.data(), up.data(), times_up.data(), n);
        for (std::size_t i = 0; i < n; ++i) {
          const double v = x[i];
          const double u = std::sqrt(2 / 3.14159265358979323846) * (v + 0.044715 * v * v * v);
          const double expected =
              is_erf ? 0.5 * v * std::erfc(-v / std::sqrt(2.0)) : v / (1 + std::exp(-2 * u));
          // The exponent reaches 80, and is rounded before exp: 80 · 2^-24 of the result.
          ASSERT_NEAR(plain[i], expected, 1e-5 * std::fabs(expected) + 1e-30) << x[i];
          ASSERT_EQ(times_up[i], plain[i] * up[i]);
        }
        std::vector<float> in_place = x;
        kernel(in_place.data(), up.data(), in_place.data(), n);
        EXPECT_TRUE(same_bits(in_place, times_up)) << n;
      }
    }
  }
}

TEST_P(VectorKernels, AddAndScaleRoundOnce) {
  for (const std::size_t n : lengths) {
    const std::vector<float> x = awkward_floats(n, n);
    const std::vector<float> before = awkward_floats(n, n + 9);
    std::vector<float> y = before;
    set().add(x.data(), y.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      const float sum = before[i] + x[i];
      // Some targets flush denormals; every other sum is exact to the bit.
      ASSERT_NEAR(y[i], sum, std::fabs(sum) < 0x1p-126F ? 0x1p-126F : 0.0F);
    }
    std::vector<float> scaled(n);
    std::vector<float> in_place = before;
    set().scale(before.data(), 0.3F, n, scaled.data());
    set().scale(in_place.data(), 0.3F, n, in_place.data());
    EXPECT_TRUE(same_bits(scaled, in_place));
    for (std::size_t i = 0; i < n; ++i) {
      if (std::fabs(before[i]) < 1e-30F) continue;  // some targets flush denormals
      ASSERT_EQ(scaled[i], before[i] * 0.3F);
    }
  }
}

TEST_P(VectorKernels, CenterTakesTheMeanAway) {
  for (const std::size_t n : lengths) {
    const std::vector<float> x = plain_floats(n, n, 3.0F);
    std::vector<float> y(n);
    set().center(x.data(), y.data(), n);
    double mean = 0;
    for (const float value : x) mean += static_cast<double>(value) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(y[i], x[i] - mean, 3e-6) << n;
    std::vector<float> in_place = x;
    set().center(in_place.data(), in_place.data(), n);
    EXPECT_TRUE(same_bits(in_place, y)) << n;
  }
}

TEST_P(VectorKernels, SoftCapIsRight) {
  for (const std::size_t n : lengths) {
    for (const float cap : {0.5F, 30.0F, 50.0F}) {
      const std::vector<float> x = plain_floats(n, n, 200.0F);
      std::vector<float> y(n);
      set().soft_cap(x.data(), cap, n, y.data());
      for (std::size_t i = 0; i < n; ++i) {
        const double expected = cap * std::tanh(static_cast<double>(x[i]) / cap);
        // Near zero the error is that of a sum of size cap.
        ASSERT_NEAR(y[i], expected, 4e-7 * cap) << x[i];
      }
      std::vector<float> in_place = x;
      set().soft_cap(in_place.data(), cap, n, in_place.data());
      EXPECT_TRUE(same_bits(in_place, y)) << n;
    }
  }
}

// No comparison and no division may turn NaN or infinity into an ordinary number.
TEST_P(VectorKernels, WhatIsNotFiniteStaysSo) {
  for (const std::size_t n : lengths) {
    for (const float odd : {std::nanf(""), INFINITY, -INFINITY}) {
      std::vector<float> x = plain_floats(n, n);
      x[n / 2] = odd;
      std::vector<float> y(n);
      const auto expect_odd = [&](const char* kernel) {
        EXPECT_FALSE(std::isfinite(y[n / 2])) << kernel << " " << n << " " << odd;
      };
      const std::vector<float> ones(n, 1.0F);
      set().soft_cap(x.data(), 30.0F, n, y.data());
      expect_odd("soft_cap");
      set().rms_norm(x.data(), ones.data(), y.data(), n, 1e-5F);
      expect_odd("rms_norm");
      set().center(x.data(), y.data(), n);
      expect_odd("center");
      set().silu_multiply(x.data(), ones.data(), y.data(), n);
      expect_odd("silu_multiply");
      set().gelu_tanh(x.data(), nullptr, y.data(), n);
      expect_odd("gelu_tanh");
      set().gelu_erf(x.data(), ones.data(), y.data(), n);
      expect_odd("gelu_erf");
      set().silu_multiply(ones.data(), x.data(), y.data(), n);
      expect_odd("silu_multiply");
    }
    std::vector<float> x(n, 1e25F);  // finite, its squares are not
    const std::vector<float> ones(n, 1.0F);
    set().rms_norm(x.data(), ones.data(), x.data(), n, 1e-5F);
    for (const float value : x) EXPECT_TRUE(std::isnan(value)) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, VectorKernels, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test
