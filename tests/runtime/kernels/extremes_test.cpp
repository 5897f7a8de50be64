// Every kernel set against scalar, to the bit, on the shapes and values where a product of narrow
// integers would overflow, a scale would vanish or a remainder would be forgotten.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/packed_layout.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t row_counts[] = {1, 15, 17};
constexpr std::uint32_t column_counts[] = {32, 288, 576, 8192};
constexpr std::uint32_t token_counts[] = {1, 2, 5, 9};

/// How the weights and activations of a case are chosen.
enum class Kind : std::uint8_t { largest, alternating, zero_groups, smallest_groups, tiny_scales };
constexpr Kind kinds[] = {Kind::largest, Kind::alternating, Kind::zero_groups,
                          Kind::smallest_groups, Kind::tiny_scales};

/// Weights: the code of largest magnitude everywhere, of either sign.
void set_codes(PackedSample& sample, Kind kind) {
  const bool int4 = sample.matrix.format == MatrixFormat::int4;
  const std::size_t size = sample.codes.size();
  auto* codes = sample.codes.as<std::uint8_t>();
  for (std::size_t i = 0; i < size; ++i) {
    const bool negative = kind == Kind::largest ? (i / 64) % 2 != 0 : i % 2 != 0;
    if (int4) {
      codes[i] = negative ? 0x00 : 0xFF;  // −8 and 7
    } else {
      codes[i] = static_cast<std::uint8_t>(negative ? -127 : 127);
    }
  }
}

/// fp16 denormals, the smallest and the largest, and the smallest normal number.
void set_scales(PackedSample& sample) {
  constexpr std::uint16_t scales[] = {0x0001, 0x03FF, 0x0400, 0x8001, 0x0000};
  auto* planes = sample.scales.as<std::uint16_t>();
  for (std::size_t i = 0; i < sample.scales.size() / 2; ++i) planes[i] = scales[i % 5];
}

PackedSample weights(MatrixFormat format, std::uint32_t rows, std::uint32_t columns, Kind kind) {
  PackedSample sample = random_packed(format, rows, columns, columns + rows);
  if (format == MatrixFormat::f32) return sample;
  if (kind == Kind::largest || kind == Kind::alternating) set_codes(sample, kind);
  if (kind == Kind::tiny_scales) set_scales(sample);
  return sample;
}

std::vector<float> activations(std::uint32_t count, Kind kind) {
  std::vector<float> x = plain_floats(count, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    switch (kind) {
      case Kind::largest:
        x[i] = 3.0F;
        break;
      case Kind::alternating:
        x[i] = i % 2 == 0 ? -3.0F : 3.0F;
        break;
      case Kind::zero_groups:
        if (i / 32 % 2 == 0) x[i] = 0.0F;
        break;
      case Kind::smallest_groups:  // just above, at and below the limit of a group
        x[i] *= i / 32 % 3 == 0 ? 0x1.8p-60F : i / 32 % 3 == 1 ? 0x1p-60F : 0x1p-61F;
        if (i % 32 == 0 && i / 32 % 3 == 1) x[i] = 0x1p-60F;
        break;
      case Kind::tiny_scales:
        break;
    }
  }
  return x;
}

struct Product {
  std::vector<std::byte> quantized;
  std::vector<float> y;
};

Product multiply(const KernelSet& set, const PackedMatrix& matrix, std::span<const float> x,
                 std::uint32_t tokens) {
  QuantizedSample room(tokens, matrix.columns);
  for (std::uint32_t t = 0; t < tokens; ++t) {
    set.quantize(x.data() + std::size_t{t} * matrix.columns, matrix.columns, room.token(t));
  }
  const std::size_t stride = packed::padded_rows(matrix.rows);
  Product product{{}, std::vector<float>(tokens * stride)};
  set.multiply(matrix,
               {.floats = x.data(),
                .quantized = room.token(0),
                .tokens = tokens,
                .float_stride = matrix.columns,
                .code_stride = room.code_stride,
                .group_stride = room.group_stride},
               product.y.data(), stride, 0, matrix.rows);
  for (const AlignedBytes* part : {&room.codes, &room.scales, &room.offsets}) {
    const auto* bytes = reinterpret_cast<const std::byte*>(part->data());
    product.quantized.insert(product.quantized.end(), bytes, bytes + part->size());
  }
  return product;
}

using Case = std::tuple<const KernelSet*, MatrixFormat>;
class ExtremeKernels : public testing::TestWithParam<Case> {};

TEST_P(ExtremeKernels, MultiplyGivesTheBitsOfScalar) {
  const auto [set, format] = GetParam();
  for (const Kind kind : kinds) {
    for (const std::uint32_t rows : row_counts) {
      for (const std::uint32_t columns : column_counts) {
        const PackedSample sample = weights(format, rows, columns, kind);
        for (const std::uint32_t tokens : token_counts) {
          const std::vector<float> x = activations(tokens * columns, kind);
          const Product expected = multiply(scalar_kernels(), sample.matrix, x, tokens);
          const Product product = multiply(*set, sample.matrix, x, tokens);
          ASSERT_EQ(product.quantized, expected.quantized);
          ASSERT_TRUE(same_bits(product.y, expected.y))
              << "kind " << int{static_cast<std::uint8_t>(kind)} << ", " << rows << " × " << columns
              << ", " << tokens << " tokens";
        }
      }
    }
  }
}

std::string case_name(const testing::TestParamInfo<Case>& instance) {
  return name_of(*std::get<0>(instance.param)) + std::string("_") +
         name_of(std::get<1>(instance.param)) + "_" + std::to_string(instance.index);
}

INSTANTIATE_TEST_SUITE_P(Sets, ExtremeKernels,
                         testing::Combine(testing::ValuesIn(kernel_sets()),
                                          testing::Values(MatrixFormat::f32, MatrixFormat::int8,
                                                          MatrixFormat::int4)),
                         case_name);

}  // namespace
}  // namespace ringlet::test
