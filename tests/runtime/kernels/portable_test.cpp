// The portable set as a processor with short words, short products and no float unit compiles it.
// The set of this machine is compared with the others.
#define RINGLET_PORTABLE_WORD_BITS 32
#define RINGLET_PORTABLE_BY_INTEGERS 1
#define RINGLET_NARROW_PRODUCTS 1
#include "kernels/portable/page_dots.hpp"
#include "kernels/portable/panel.hpp"
#include "kernels/portable/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "golden/self_test_hash.hpp"
#include "ringlet/kernels.hpp"

namespace ringlet::test {
namespace {

constexpr KernelSet narrow =
    simd::kernel_table<portable::Vector, portable::Panel, portable::PageDots>("narrow");

TEST(PortableKernels, AreTheSameWithShortWordsAndIntegerSums) {
  EXPECT_EQ(self_test(narrow), golden_self_test);
}

/// One panel of 16 rows, and a vector for it.
struct Product {
  static constexpr std::size_t groups = 24;
  alignas(64) std::array<std::uint8_t, groups * packed::int8_panel_bytes> codes;
  alignas(64) std::array<std::uint16_t, groups * packed::panel_rows> scales;
  alignas(64) std::array<std::int8_t, groups * packed::group_size> x;
  std::array<float, groups> x_scales;
  std::array<std::int32_t, groups> offsets;

  [[nodiscard]] std::array<std::uint32_t, packed::panel_rows> by(const KernelSet& kernels,
                                                                 MatrixFormat format) {
    const PackedMatrix matrix = {codes.data(), scales.data(), packed::panel_rows,
                                 groups * packed::group_size, format};
    const Activations activations = {.quantized = {x.data(), x_scales.data(), offsets.data()}};
    std::array<float, packed::panel_rows> y;
    kernels.multiply(matrix, activations, y.data(), 0, 0, packed::panel_rows);
    std::array<std::uint32_t, packed::panel_rows> bits;
    for (std::size_t r = 0; r < y.size(); ++r) {
      bits[r] = std::isnan(y[r]) ? 0x7FC00000U : std::bit_cast<std::uint32_t>(y[r]);
    }
    return bits;
  }
};

/// `spread` is how many binary places the scales of activations differ.
void compare(int spread, bool extremes, unsigned seed) {
  std::mt19937 random(seed);
  Product product;
  for (auto& code : product.codes) {
    code = static_cast<std::uint8_t>(random());
    if (code == 0x80) code = 0x81;
  }
  for (auto& scale : product.scales) {
    const auto half = static_cast<std::uint16_t>(random());
    scale = (half & 0x7C00) == 0x7C00 || (half & 0x7C00) == 0 ? std::uint16_t{0} : half;
    if (extremes && random() % 64 == 0) scale = 0x7C00;
  }
  for (std::size_t g = 0; g < Product::groups; ++g) {
    std::int32_t sum = 0;
    const bool few = random() % 4 == 0;
    for (std::size_t i = 0; i < packed::group_size; ++i) {
      const auto code = static_cast<std::int32_t>(random() % 255) - 127;
      const auto used = static_cast<std::int8_t>(few && i % 16 != 0 ? 0 : code);
      product.x[g * packed::group_size + i] = used;
      sum += used;
    }
    product.offsets[g] = -8 * sum;
    const float number = 1.0F + static_cast<float>(random() % (1U << 23)) * 0x1p-23F;
    const int exponent = static_cast<int>(random() % static_cast<unsigned>(2 * spread + 1));
    product.x_scales[g] = std::ldexp(number, exponent - spread);
    if (random() % 16 == 0) product.x_scales[g] = 0;
    if (extremes && random() % 16 == 0)
      product.x_scales[g] = std::numeric_limits<float>::infinity();
  }
  for (const MatrixFormat format : {MatrixFormat::int4, MatrixFormat::int8}) {
    EXPECT_EQ(product.by(narrow, format), product.by(scalar_kernels(), format))
        << "spread " << spread << ", seed " << seed;
  }
}

TEST(PortableKernels, SumScaledProductsExactly) {
  for (const int spread : {0, 1, 4, 12, 20, 40, 74, 90, 120}) {
    for (unsigned seed = 0; seed < 100; ++seed) compare(spread, false, seed);
  }
}

TEST(PortableKernels, KeepInfinityAndNaN) {
  for (unsigned seed = 0; seed < 100; ++seed) compare(8, true, seed);
}

}  // namespace
}  // namespace ringlet::test
