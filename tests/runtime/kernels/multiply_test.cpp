// Quantization and matrix products of every kernel set: right against double arithmetic within
// stated bounds, for awkward shapes and values; the same bits however rows are divided. (That all
// sets and targets agree to the bit is shown by golden/kernel_hashes_test.cpp, and that of several
// tokens by golden/several_tokens_test.cpp.)
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t row_counts[] = {1, 15, 16, 17, 172};
constexpr std::uint32_t column_counts[] = {8, 31, 32, 33, 172, 4096};
constexpr MatrixFormat formats[] = {MatrixFormat::f32, MatrixFormat::int8, MatrixFormat::int4};
constexpr double ulp = 0x1p-24;  // relative error of one rounding

class MultiplyKernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  [[nodiscard]] const KernelSet& set() const { return *GetParam(); }

  /// `tokens` vectors, as floats and quantized.
  struct Input {
    Input(const KernelSet& set, std::vector<float> values, std::uint32_t tokens_,
          std::uint32_t columns)
        : floats(std::move(values)), quantized(tokens_, columns), tokens(tokens_), width(columns) {
      for (std::uint32_t t = 0; t < tokens; ++t) {
        set.quantize(floats.data() + std::size_t{t} * width, width, quantized.token(t));
      }
    }
    Activations view(std::uint32_t first, std::uint32_t count) {
      return {.floats = floats.data() + std::size_t{first} * width,
              .quantized = quantized.token(first),
              .tokens = count,
              .float_stride = width,
              .code_stride = quantized.code_stride,
              .group_stride = quantized.group_stride};
    }
    /// What the kernel sees of x[t][k].
    double seen(MatrixFormat format, std::uint32_t t, std::uint32_t k) {
      if (format == MatrixFormat::f32) return floats[std::size_t{t} * width + k];
      const QuantizedVector q = quantized.token(t);
      return static_cast<double>(q.codes[k]) * static_cast<double>(q.scales[k / 32]);
    }
    std::vector<float> floats;
    QuantizedSample quantized;
    std::uint32_t tokens, width;
  };

  static std::size_t padded(std::uint32_t rows) { return (rows + 15) / 16 * 16; }
};

TEST_P(MultiplyKernels, QuantizeIsWithinHalfAStep) {
  for (const std::uint32_t columns : column_counts) {
    const std::vector<float> x = awkward_floats(columns, columns);
    QuantizedSample sample(1, columns);
    const QuantizedVector q = sample.token(0);
    set().quantize(x.data(), columns, q);
    for (std::uint32_t g = 0; g < (columns + 31) / 32; ++g) {
      const std::uint32_t end = std::min(columns, 32 * g + 32);
      float maximum = 0;
      int sum = 0;
      for (std::uint32_t k = 32 * g; k < end; ++k) maximum = std::max(maximum, std::fabs(x[k]));
      const bool zero = maximum < 0x1p-60F;
      ASSERT_EQ(q.scales[g], zero ? 0.0F : maximum / 127.0F) << columns << " group " << g;
      for (std::uint32_t k = 32 * g; k < 32 * g + 32; ++k) {
        sum += q.codes[k];
        ASSERT_GE(q.codes[k], -127);
        if (k >= end || zero) {
          ASSERT_EQ(q.codes[k], 0);
          continue;
        }
        const double step = q.scales[g];
        ASSERT_LE(std::fabs(x[k] - q.codes[k] * step), step * (0.5 + 127 * 3 * ulp)) << k;
      }
      ASSERT_EQ(q.offsets[g], -8 * sum);
    }
  }
}

TEST_P(MultiplyKernels, QuantizeRoundsHalfToEven) {
  std::vector<float> x(32, 0.0F);
  x[0] = 127.0F;  // the scale is exactly 1
  const float halves[] = {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, -2.5F, 126.5F, -126.5F};
  const int expected[] = {0, 2, 2, 0, -2, -2, 126, -126};
  for (std::size_t i = 0; i < 8; ++i) x[i + 1] = halves[i];
  QuantizedSample sample(1, 32);
  set().quantize(x.data(), 32, sample.token(0));
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_EQ(sample.token(0).codes[i + 1], expected[i]) << halves[i];
}

// Bound: one rounding per product of scales and one per addition, each relative to the largest
// partial sum, which the sum of magnitudes covers; f32 adds columns/16 terms in each of 16 lanes
// and four levels.
TEST_P(MultiplyKernels, MultiplyIsRightForEveryShape) {
  for (const MatrixFormat format : formats) {
    for (const std::uint32_t rows : row_counts) {
      for (const std::uint32_t columns : column_counts) {
        const PackedSample w = random_packed(format, rows, columns, rows * 10000 + columns);
        const bool integers = format != MatrixFormat::f32;
        Input x(set(), integers ? awkward_floats(columns, 5) : plain_floats(columns, 5), 1,
                columns);
        std::vector<float> y(padded(rows), -1.0F);
        set().multiply(w.matrix, x.view(0, 1), y.data(), y.size(), 0, rows);
        const double roundings = integers ? (columns + 31) / 32 + 2 : columns / 16.0 + 6;
        for (std::uint32_t n = 0; n < rows; ++n) {
          double sum = 0;
          double magnitudes = 0;
          for (std::uint32_t k = 0; k < columns; ++k) {
            const double product = w.values[std::size_t{n} * columns + k] * x.seen(format, 0, k);
            sum += product;
            magnitudes += std::fabs(product);
          }
          ASSERT_LE(std::fabs(y[n] - sum), roundings * ulp * magnitudes)
              << name_of(format) << " " << rows << "x" << columns << " row " << n;
        }
        for (std::size_t n = rows; n < y.size(); ++n) ASSERT_EQ(y[n], 0.0F) << "padding";
      }
    }
  }
}

TEST_P(MultiplyKernels, AnyDivisionOfRowsGivesTheSameBits) {
  for (const MatrixFormat format : formats) {
    const std::uint32_t rows = 172;
    const std::uint32_t columns = 172;
    const PackedSample w = random_packed(format, rows, columns, 3);
    Input x(set(), plain_floats(columns, 4), 1, columns);
    std::vector<float> whole(padded(rows));
    set().multiply(w.matrix, x.view(0, 1), whole.data(), whole.size(), 0, rows);
    for (std::uint32_t piece = 16; piece <= 176; piece += 16) {
      std::vector<float> parts(padded(rows), -1.0F);
      for (std::uint32_t begin = 0; begin < rows; begin += piece) {
        set().multiply(w.matrix, x.view(0, 1), parts.data(), parts.size(), begin,
                       std::min(rows, begin + piece));
      }
      EXPECT_TRUE(same_bits(whole, parts)) << name_of(format) << " in pieces of " << piece;
    }
  }
}

TEST_P(MultiplyKernels, RowsOutsideTheRangeAreNotTouched) {
  for (const MatrixFormat format : formats) {
    const PackedSample w = random_packed(format, 64, 40, 3);
    Input x(set(), plain_floats(40, 4), 1, 40);
    std::vector<float> y(64, -1.0F);
    set().multiply(w.matrix, x.view(0, 1), y.data(), y.size(), 16, 32);
    for (std::size_t n = 0; n < 64; ++n) {
      if (n < 16 || n >= 32) {
        EXPECT_EQ(y[n], -1.0F) << name_of(format) << n;
      }
    }
  }
}

TEST_P(MultiplyKernels, DequantizeRowIsCodeTimesScale) {
  for (const MatrixFormat format : formats) {
    for (const std::uint32_t columns : column_counts) {
      const PackedSample w = random_packed(format, 33, columns, columns);
      std::vector<float> y(columns + 1, -7.0F);
      for (std::uint32_t n = 0; n < 33; ++n) {
        set().dequantize_row(w.matrix, n, y.data());
        for (std::uint32_t k = 0; k < columns; ++k) {
          // Eight bits times eleven: the product is exact.
          ASSERT_EQ(y[k], w.values[std::size_t{n} * columns + k])
              << name_of(format) << n << "," << k;
        }
        ASSERT_EQ(y[columns], -7.0F) << "wrote past the row";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, MultiplyKernels, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test
