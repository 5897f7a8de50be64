// The packed planes, read back by a dequantizer that is written from the layout's description
// alone.
#include "quantize/panel_encoder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "numerics/half.hpp"
#include "quantize/quantize.hpp"
#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

struct Planes {
  std::vector<std::byte> codes;
  std::vector<std::byte> scales;
  double relative_error = 0;
};

Planes encode(const SourceMatrix& matrix, MatrixFormat format) {
  PanelEncoder encoder(matrix, format);
  Planes planes;
  Panel panel;
  for (std::uint32_t number = 0; number < encoder.panel_count(); ++number) {
    encoder.read(number, panel);
    encoder.encode(panel);
    encoder.add(panel);
    planes.codes.insert(planes.codes.end(), panel.codes.begin(), panel.codes.end());
    planes.scales.insert(planes.scales.end(), panel.scales.begin(), panel.scales.end());
  }
  planes.relative_error = encoder.relative_error();
  return planes;
}

SourceMatrix random_matrix(std::uint32_t rows, std::uint32_t columns) {
  return {.name = "test",
          .rows = rows,
          .columns = columns,
          .read_row = [](std::uint32_t row, auto out) {
            std::mt19937 random(row + 1);
            std::normal_distribution<float> normal(0, 0.1F);
            for (float& weight : out) weight = normal(random);
          }};
}

/// The scale and the code of row n, column k, by the words of packed_layout.hpp.
struct Element {
  std::uint16_t scale;
  int code;
};

Element element(const Planes& planes, bool int4, std::size_t columns, std::size_t n,
                std::size_t k) {
  const std::size_t p = n / 16, r = n % 16, g = k / 32, kk = k % 32, groups = (columns + 31) / 32;
  Element result{};
  std::memcpy(&result.scale, planes.scales.data() + 2 * ((p * groups + g) * 16 + r), 2);
  if (int4) {
    const auto byte = std::to_integer<int>(planes.codes.at(
        (p * groups + g) * 256 + (r / 4) * 64 + ((kk % 16) / 4) * 16 + (r % 4) * 4 + kk % 4));
    result.code = (kk < 16 ? byte & 15 : byte >> 4) - 8;
  } else {
    result.code = static_cast<std::int8_t>(planes.codes.at((p * groups + g) * 512 + (r / 4) * 128 +
                                                           (kk / 4) * 16 + (r % 4) * 4 + kk % 4));
  }
  return result;
}

void check_round_trip(std::uint32_t rows, std::uint32_t columns, bool int4) {
  const SourceMatrix matrix = random_matrix(rows, columns);
  const Planes planes = encode(matrix, int4 ? MatrixFormat::int4 : MatrixFormat::int8);
  const std::uint32_t padded_rows = (rows + 15) / 16 * 16;
  const std::uint32_t padded_columns = (columns + 31) / 32 * 32;
  ASSERT_EQ(planes.codes.size(), std::size_t{padded_rows} * padded_columns / (int4 ? 2 : 1));
  ASSERT_EQ(planes.scales.size(), std::size_t{padded_rows} * padded_columns / 32 * 2);
  double error = 0;
  double total = 0;
  for (std::uint32_t n = 0; n < padded_rows; ++n) {
    std::vector<float> row(padded_columns);
    if (n < rows) matrix.read_row(n, std::span(row).first(columns));
    for (std::uint32_t k = 0; k < padded_columns; ++k) {
      const Element stored = element(planes, int4, columns, n, k);
      const bool row_pad = n >= rows;
      ASSERT_TRUE(!row_pad || stored.scale == 0);
      ASSERT_TRUE((!row_pad && k < columns) || stored.code == 0);
      const double difference = row[k] - double{half_to_float(stored.scale)} * stored.code;
      error += difference * difference;
      total += double{row[k]} * row[k];
    }
  }
  EXPECT_NEAR(planes.relative_error, std::sqrt(error / total), 1e-9);
  EXPECT_LT(planes.relative_error, int4 ? 0.12 : 0.008);
}

TEST(PanelEncoder, RoundTripsEveryShape) {
  for (const std::uint32_t rows : {1U, 15U, 16U, 17U, 40U}) {
    for (const std::uint32_t columns : {1U, 31U, 32U, 33U, 172U}) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(columns));
      check_round_trip(rows, columns, true);
      check_round_trip(rows, columns, false);
    }
  }
}

TEST(PanelEncoder, PadsInt4WithTheCodeOfZero) {
  const Planes planes = encode(random_matrix(1, 32), MatrixFormat::int4);
  EXPECT_EQ(planes.codes[4], std::byte{0x88});  // row 1
}

TEST(PanelEncoder, KeepsFloatsAsTheyAre) {
  const SourceMatrix matrix = random_matrix(19, 21);
  const Planes planes = encode(matrix, MatrixFormat::f32);
  ASSERT_EQ(planes.codes.size(), 19U * 21U * 4U);
  EXPECT_TRUE(planes.scales.empty());
  EXPECT_EQ(planes.relative_error, 0);
  for (std::uint32_t row = 0; row < 19; ++row) {
    std::vector<float> expected(21);
    matrix.read_row(row, expected);
    EXPECT_EQ(std::memcmp(planes.codes.data() + row * 21 * 4, expected.data(), 21 * 4), 0);
  }
}

TEST(PanelEncoder, NamesAWeightThatCannotBeStored) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity(), 2 * largest_int8_weight}) {
    SourceMatrix matrix = random_matrix(20, 40);
    matrix.read_row = [bad](std::uint32_t row, std::span<float> out) {
      std::fill(out.begin(), out.end(), 0.5F);
      if (row == 18) out[33] = bad;
    };
    for (const MatrixFormat format : {MatrixFormat::int4, MatrixFormat::int8, MatrixFormat::f32}) {
      if (std::isfinite(bad) && format == MatrixFormat::f32) continue;
      const std::string error = test::error_of([&] { encode(matrix, format); });
      EXPECT_NE(error.find("test has a weight"), std::string::npos) << error;
      EXPECT_NE(error.find("row 18, column 33"), std::string::npos) << error;
    }
  }
}

}  // namespace
}  // namespace ringlet::convert
