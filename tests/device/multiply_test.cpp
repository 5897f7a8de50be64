// Quantization, matrix products and rows of every kernel set against scalar, to the bit, on the
// shapes and values where narrow integers would overflow, a scale would vanish or a remainder would
// be forgotten.
#include <gtest/gtest.h>

#include "device/buffers.hpp"
#include "device/sets.hpp"
#include "golden/self_test_hash.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t row_counts[] = {1, 15, 17};
constexpr std::uint32_t column_counts[] = {31, 32, 288, 576, 8192};
constexpr std::size_t most_rows = 32, most_columns = 8192, most_groups = most_columns / 32;
constexpr std::uint32_t tokens = 3;

enum class Kind : std::uint8_t {
  plain,
  largest,
  alternating,
  zero_groups,
  smallest_groups,
  tiny_scales
};
constexpr Kind kinds[] = {Kind::plain,       Kind::largest,         Kind::alternating,
                          Kind::zero_groups, Kind::smallest_groups, Kind::tiny_scales};

Buffer<std::uint8_t, packed::int8_bytes(most_rows, most_columns)> codes;
Buffer<std::uint16_t, most_rows * most_groups> scales;
Buffer<float, tokens * most_columns> x;

struct Quantized {
  Buffer<std::int8_t, tokens * most_columns> codes;
  Buffer<float, tokens * most_groups> scales;
  Buffer<std::int32_t, tokens * most_groups> offsets;

  void spoil() {
    codes.spoil();
    scales.spoil();
    offsets.spoil();
  }
  QuantizedVector token(std::size_t t) {
    return {codes.value + t * most_columns, scales.value + t * most_groups,
            offsets.value + t * most_groups};
  }
  [[nodiscard]] bool same_bits(const Quantized& other) const {
    return codes.same_bits(other.codes) && scales.same_bits(other.scales) &&
           offsets.same_bits(other.offsets);
  }
};
Quantized expected_x, actual_x;
Buffer<float, tokens * most_rows> expected_y, actual_y;
Buffer<float, most_columns> expected_row, actual_row;

/// Codes of the largest magnitude, of one sign for a whole line or alternating.
void largest_codes(MatrixFormat format, bool alternating) {
  for (std::size_t i = 0; i < sizeof codes.value; ++i) {
    const bool negative = (alternating ? i : i / 64) % 2 != 0;
    codes.value[i] = format == MatrixFormat::int4
                         ? (negative ? 0x00 : 0xFF)
                         : static_cast<std::uint8_t>(negative ? -127 : 127);
  }
}

void fill_weights(MatrixFormat format, Kind kind) {
  fill_codes(codes.value, 1);
  fill_scales(scales.value, 2);
  if (kind == Kind::largest || kind == Kind::alternating) {
    largest_codes(format, kind == Kind::alternating);
  }
  if (kind ==
      Kind::tiny_scales) {  // half denormals, the smallest and the largest; the least normal
    constexpr std::uint16_t tiny[] = {0x0001, 0x03FF, 0x0400, 0x8001, 0x0000};
    for (std::size_t i = 0; i < most_rows * most_groups; ++i) scales.value[i] = tiny[i % 5];
  }
}

void fill_activations(Kind kind) {
  fill_floats(x.value, 3);
  for (std::size_t i = 0; i < tokens * most_columns; ++i) {
    float& value = x.value[i];
    const std::size_t group = i / 32;
    switch (kind) {
      case Kind::largest:
        value = 1.0F;
        break;
      case Kind::alternating:
        value = i % 2 != 0 ? -3.0F : 3.0F;
        break;
      case Kind::zero_groups:
        if (group % 3 != 0) value = 0.0F;
        break;
      case Kind::smallest_groups:  // on either side of the limit
        value *= group % 2 != 0 ? 0x1p-60F : 0x1.8p-60F;
        break;
      default:
        break;
    }
  }
}

/// Three tokens of `columns` floats each.
void quantize(const KernelSet& set, std::size_t columns, Quantized& out) {
  out.spoil();
  for (std::size_t t = 0; t < tokens; ++t) {
    set.quantize(x.value + t * columns, columns, out.token(t));
  }
}

void multiply(const KernelSet& set, const PackedMatrix& matrix,
              Buffer<float, tokens * most_rows>& y) {
  y.spoil();
  const Activations view{.floats = x.value,
                         .quantized = expected_x.token(0),
                         .tokens = tokens,
                         .float_stride = matrix.columns,
                         .code_stride = most_columns,
                         .group_stride = most_groups};
  set.multiply(matrix, view, y.value, most_rows, 0, matrix.rows);
}

void compare_products(const PackedMatrix& matrix) {
  multiply(scalar_kernels(), matrix, expected_y);
  for (const KernelSet* set : kernel_sets()) {
    multiply(*set, matrix, actual_y);
    EXPECT_TRUE(expected_y.same_bits(actual_y))
        << set->name << matrix.rows << " rows, columns" << matrix.columns;
  }
}

TEST(DeviceMultiply, QuantizedVectorsAreThoseOfScalar) {
  for (const Kind kind : kinds) {
    fill_activations(kind);
    for (const std::uint32_t columns : column_counts) {
      quantize(scalar_kernels(), columns, expected_x);
      for (const KernelSet* set : kernel_sets()) {
        quantize(*set, columns, actual_x);
        EXPECT_TRUE(expected_x.same_bits(actual_x)) << set->name << "columns" << columns;
      }
    }
  }
}

TEST(DeviceMultiply, ProductsAreThoseOfScalar) {
  for (const MatrixFormat format : {MatrixFormat::int4, MatrixFormat::int8}) {
    for (const Kind kind : kinds) {
      fill_weights(format, kind);
      fill_activations(kind);
      for (const std::uint32_t columns : column_counts) {
        quantize(scalar_kernels(), columns, expected_x);
        for (const std::uint32_t rows : row_counts) {
          compare_products({codes.value, scales.value, rows, columns, format});
        }
      }
    }
  }
}

TEST(DeviceMultiply, FloatProductsAreThoseOfScalar) {
  static Buffer<float, std::size_t{17} * 576> matrix;
  fill_floats(matrix.value, 4);
  fill_activations(Kind::plain);
  for (const std::uint32_t columns : {1U, 15U, 17U, 288U, 576U}) {
    for (const std::uint32_t rows : row_counts) {
      compare_products({reinterpret_cast<const std::uint8_t*>(matrix.value), nullptr, rows, columns,
                        MatrixFormat::f32});
    }
  }
}

TEST(DeviceMultiply, RowsAreThoseOfScalar) {
  for (const MatrixFormat format : {MatrixFormat::int4, MatrixFormat::int8}) {
    fill_weights(format, Kind::plain);
    for (const std::uint32_t columns : column_counts) {
      const PackedMatrix matrix{codes.value, scales.value, 17, columns, format};
      for (const KernelSet* set : kernel_sets()) {
        for (std::size_t row = 0; row < 17; ++row) {
          expected_row.spoil();
          actual_row.spoil();
          scalar_kernels().dequantize_row(matrix, row, expected_row.value);
          set->dequantize_row(matrix, row, actual_row.value);
          EXPECT_TRUE(expected_row.same_bits(actual_row)) << set->name << row << columns;
        }
      }
    }
  }
}

TEST(DeviceSelfTest, IsTheGoldenNumber) {
  for (const KernelSet* set : kernel_sets())
    EXPECT_EQ(self_test(*set), golden_self_test) << set->name;
}

}  // namespace
}  // namespace ringlet::test
