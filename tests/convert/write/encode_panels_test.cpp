// Several threads encode a matrix: the same panels in the same order, and the first error.
#include "write/encode_panels.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <thread>

#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t rows = 16 * 40 + 5;
constexpr std::uint32_t columns = 70;

SourceMatrix random_matrix() {
  return {.name = "test",
          .rows = rows,
          .columns = columns,
          .read_row = [](std::uint32_t row, std::span<float> out) {
            std::mt19937 random(row + 1);
            std::normal_distribution<float> normal(0, 0.1F);
            for (float& weight : out) weight = normal(random);
          }};
}

struct Encoded {
  std::vector<std::uint32_t> first_rows;
  std::vector<std::byte> codes;
  std::vector<std::byte> scales;
  double relative_error = 0;
  bool operator==(const Encoded&) const = default;
};

Encoded encode(const SourceMatrix& matrix, MatrixFormat format, std::uint32_t threads) {
  PanelEncoder encoder(matrix, format);
  Encoded result;
  encode_panels(encoder, threads, [&](const Panel& panel) {
    result.first_rows.push_back(panel.first_row);
    result.codes.insert(result.codes.end(), panel.codes.begin(), panel.codes.end());
    result.scales.insert(result.scales.end(), panel.scales.begin(), panel.scales.end());
  });
  result.relative_error = encoder.relative_error();
  return result;
}

TEST(EncodePanels, HasTheSameResultWithAnyNumberOfThreads) {
  const SourceMatrix matrix = random_matrix();
  for (const MatrixFormat format : {MatrixFormat::int4, MatrixFormat::int8, MatrixFormat::f16,
                                    MatrixFormat::f32, MatrixFormat::int4_rows}) {
    const Encoded alone = encode(matrix, format, 1);
    ASSERT_EQ(alone.first_rows.size(), 41U);
    for (std::uint32_t panel = 0; panel < 41; ++panel) {
      EXPECT_EQ(alone.first_rows[panel], 16 * panel);
    }
    for (const std::uint32_t threads : {0U, 2U, 3U, 8U, 100U}) {
      EXPECT_TRUE(encode(matrix, format, threads) == alone) << threads;
    }
  }
}

TEST(EncodePanels, ReadsRowsInOrderAndByOneThreadAtATime) {
  SourceMatrix matrix = random_matrix();
  std::atomic<int> readers = 0;
  std::uint32_t next = 0;
  matrix.read_row = [&](std::uint32_t row, std::span<float> out) {
    EXPECT_EQ(++readers, 1);
    EXPECT_EQ(row, next++);
    std::this_thread::yield();
    std::fill(out.begin(), out.end(), 0.25F);
    --readers;
  };
  encode(matrix, MatrixFormat::int4, 5);
  EXPECT_EQ(next, rows);
}

TEST(EncodePanels, ReportsTheFirstErrorAfterWhatIsBeforeIt) {
  SourceMatrix matrix = random_matrix();
  matrix.read_row = [](std::uint32_t row, std::span<float> out) {
    std::fill(out.begin(), out.end(), 0.5F);
    if (row >= 16 * 20) throw std::runtime_error("row " + std::to_string(row));
  };
  for (const std::uint32_t threads : {1U, 2U, 7U}) {
    PanelEncoder encoder(matrix, MatrixFormat::int8);
    std::uint32_t used = 0;
    EXPECT_EQ(
        test::error_of([&] { encode_panels(encoder, threads, [&](const Panel&) { ++used; }); }),
        "row 320");
    EXPECT_EQ(used, 20U);
    // An error of the user comes first if it is about an earlier panel.
    PanelEncoder again(matrix, MatrixFormat::int8);
    used = 0;
    const auto use = [&](const Panel& panel) {
      ++used;
      if (panel.first_row == 16 * 19) throw std::runtime_error("no room");
    };
    EXPECT_EQ(test::error_of([&] { encode_panels(again, threads, use); }), "no room");
    EXPECT_EQ(used, 20U);
  }
}

}  // namespace
}  // namespace ringlet::convert
