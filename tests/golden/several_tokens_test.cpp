// Matrix products of several tokens together have the bits of the scalar set for one token after
// the other. Beside the golden values, because every set has code of its own for that.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct Shape {
  std::uint32_t rows, columns, begin, end;
};
constexpr std::uint32_t most_tokens = 39;

/// Vectors, as floats and quantized.
class Vectors {
 public:
  explicit Vectors(std::uint32_t columns)
      : floats_(awkward_floats(std::size_t{most_tokens} * columns, columns)),
        quantized_(most_tokens, columns),
        columns_(columns) {
    for (std::uint32_t t = 0; t < most_tokens; ++t) {
      scalar_kernels().quantize(floats_.data() + std::size_t{t} * columns, columns,
                                quantized_.token(t));
    }
  }

  [[nodiscard]] Activations view(std::uint32_t first, std::uint32_t count) {
    return {.floats = floats_.data() + std::size_t{first} * columns_,
            .quantized = quantized_.token(first),
            .tokens = count,
            .float_stride = columns_,
            .code_stride = quantized_.code_stride,
            .group_stride = quantized_.group_stride};
  }

 private:
  std::vector<float> floats_;
  QuantizedSample quantized_;
  std::uint32_t columns_;
};

class SeveralTokens : public testing::TestWithParam<const KernelSet*> {
 protected:
  /// Compares also what lies outside the rows, so it must not be touched.
  static void compare(MatrixFormat format, const Shape& shape) {
    const auto& [rows, columns, begin, end] = shape;
    const PackedSample w = random_packed(format, rows, columns, 8);
    Vectors x(columns);
    const std::size_t stride = (rows + 15) / 16 * 16 + 16;
    std::vector<float> apart(most_tokens * stride, -1.0F);
    for (std::uint32_t t = 0; t < most_tokens; ++t) {
      scalar_kernels().multiply(w.matrix, x.view(t, 1), apart.data() + t * stride, stride, begin,
                                end);
    }
    std::vector<std::uint32_t> counts = {33, 34, 35, 39};  // blocks and remainders of many tokens
    for (std::uint32_t tokens = 1; tokens <= 20; ++tokens) counts.push_back(tokens);
    for (const std::uint32_t tokens : counts) {
      std::vector<float> together(most_tokens * stride, -1.0F);
      GetParam()->multiply(w.matrix, x.view(0, tokens), together.data(), stride, begin, end);
      std::vector<float> expected(most_tokens * stride, -1.0F);
      std::copy_n(apart.data(), tokens * stride, expected.data());
      EXPECT_TRUE(same_bits(together, expected))
          << name_of(format) << " tokens " << tokens << " of " << rows << "x" << columns << " rows "
          << begin << " to " << end;
    }
  }
};

// Every block of tokens and every remainder of every set: one to five panels, rows from the middle,
// columns beyond what a set unpacks at a time.
TEST_P(SeveralTokens, HaveTheBitsOfOneByOne) {
  constexpr Shape shapes[] = {{7, 96, 0, 7},    {31, 2200, 0, 31},  {33, 172, 16, 33},
                              {64, 8, 16, 48},  {64, 64, 0, 64},    {65, 544, 0, 65},
                              {80, 33, 32, 80}, {120, 172, 16, 112}};
  for (const MatrixFormat format : {MatrixFormat::f32, MatrixFormat::int8, MatrixFormat::int4}) {
    for (const Shape& shape : shapes) compare(format, shape);
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, SeveralTokens, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test
