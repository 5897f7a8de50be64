#include "calibrate/panel_product.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "calibrate/float_product.hpp"
#include "support/random.hpp"

namespace ringlet::convert {
namespace {

using test::Random;

template <typename T>
std::vector<T> numbers(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<T> result(count);
  for (T& value : result) value = static_cast<T>(random.symmetric());
  return result;
}

/// The sums in the order that the header promises.
template <typename T>
void check(std::size_t rows, std::size_t columns, std::size_t out_stride, T sign) {
  const std::size_t stride = columns + 3;
  const auto matrix = numbers<T>(rows * stride, 1);
  const auto panel = numbers<T>(columns * panel_lanes, 2);
  const auto before = numbers<T>(rows * out_stride, 3);
  auto out = before;
  const MatrixPart<T> part{matrix.data(), stride, rows, columns};
  sign > 0 ? add_product(part, panel.data(), out.data(), out_stride)
           : subtract_product(part, panel.data(), out.data(), out_stride);
  for (std::size_t j = 0; j < rows; ++j) {
    for (std::size_t r = 0; r < panel_lanes; ++r) {
      T sum = before[j * out_stride + r];
      for (std::size_t k = 0; k < columns; ++k) {
        sum += sign * (panel[k * panel_lanes + r] * matrix[j * stride + k]);
      }
      ASSERT_EQ(out[j * out_stride + r], sum) << j << ' ' << r;
    }
  }
}

TEST(PanelProduct, AddsInTheOrderOfColumns) {
  for (const std::size_t rows : {1U, 4U, 7U}) {
    for (const std::size_t columns : {1U, 255U, 600U}) {
      check<float>(rows, columns, panel_lanes, 1);
      check<double>(rows, columns, panel_lanes + 10, 1);
      check<float>(rows, columns, panel_lanes + 10, -1);
      check<double>(rows, columns, panel_lanes, -1);
    }
  }
}

// Any range of rows gives the bits of all rows, and the padding of a panel is zero.
TEST(FloatProduct, IsThatOfTheKernelsButForRounding) {
  constexpr std::uint32_t rows = 150;
  constexpr std::uint32_t columns = 300;
  constexpr std::uint32_t tokens = 70;
  const auto weights = numbers<float>(std::size_t{rows} * columns, 4);
  const auto inputs = numbers<float>(std::size_t{tokens} * columns, 5);
  const PackedMatrix matrix{.codes = reinterpret_cast<const std::uint8_t*>(weights.data()),
                            .scales = nullptr,
                            .rows = rows,
                            .columns = columns,
                            .format = MatrixFormat::f32};
  const Activations x{
      .floats = inputs.data(), .quantized = {}, .tokens = tokens, .float_stride = columns};
  constexpr std::size_t stride = 160;
  std::vector<float> expected(tokens * stride);
  std::vector<float> all(tokens * stride, 1.0F);
  std::vector<float> parts(tokens * stride, 1.0F);
  scalar_kernels().multiply(matrix, x, expected.data(), stride, 0, rows);
  multiply_blocked(matrix, x, all.data(), stride, 0, rows);
  multiply_blocked(matrix, x, parts.data(), stride, 0, 16);
  multiply_blocked(matrix, x, parts.data(), stride, 16, 112);
  multiply_blocked(matrix, x, parts.data(), stride, 112, rows);
  EXPECT_EQ(all, parts);
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_NEAR(all[i], expected[i], 2e-5) << i;
}

}  // namespace
}  // namespace ringlet::convert
