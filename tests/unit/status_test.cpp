// A status describes itself in one line that fits any buffer, and a result carries a value or a
// status.
#include "ringlet/status.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace ringlet {
namespace {

/// Valid until the next call.
std::string_view described(const Status& status) {
  static std::array<char, 256> buffer;
  return describe(status, buffer);
}

TEST(Status, DescribesSuccess) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(described({}), "ok");
}

TEST(Status, NamesPlaceReasonIndexAndNumbers) {
  const Status status(ErrorCode::invalid_model, "wk.rows", "does not match the architecture");
  EXPECT_EQ(described(status), "wk.rows: does not match the architecture");
  EXPECT_EQ(described(status.at(3)), "wk.rows[3]: does not match the architecture");
  EXPECT_EQ(described(status.at(0).with(128, 64)),
            "wk.rows[0]: does not match the architecture (needed 128, got 64)");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code(), ErrorCode::invalid_model);
}

TEST(Status, PrintsTheLargestNumbers) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const Status status = Status(ErrorCode::out_of_range, "x", "y").with(most, 0);
  EXPECT_EQ(described(status), "x: y (needed 18446744073709551615, got 0)");
  EXPECT_EQ(status.needed(), most);
  EXPECT_EQ(status.actual(), 0U);
}

TEST(Status, ShortBuffersGetTheBeginning) {
  const Status status = Status(ErrorCode::out_of_range, "token", "is too large").with(10, 12);
  const std::string_view whole = described(status);
  for (std::size_t size = 0; size <= whole.size() + 2; ++size) {
    std::array<char, 256> buffer;
    buffer.fill('#');
    const auto view = describe(status, std::span(buffer.data(), size));
    EXPECT_EQ(view, whole.substr(0, std::min(size, whole.size())));
    EXPECT_EQ(buffer[size], '#') << "wrote past the end";
  }
}

TEST(Result, HoldsAValueOrAStatus) {
  const Result<int> value = 7;
  EXPECT_TRUE(value.ok());
  EXPECT_EQ(*value, 7);
  const Result<int> failure = Status(ErrorCode::unsupported, "a", "b");
  EXPECT_FALSE(failure);
  EXPECT_EQ(failure.status().code(), ErrorCode::unsupported);
}

}  // namespace
}  // namespace ringlet
