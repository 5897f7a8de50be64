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
  const Status status(ErrorCode::invalid_model, "wk", "wrong number of rows");
  EXPECT_EQ(described(status), "wk: wrong number of rows");
  EXPECT_EQ(described(status.at(3)), "wk[3]: wrong number of rows");
  EXPECT_EQ(described(status.at(0).with(128, 64)),
            "wk[0]: wrong number of rows (needs 128, got 64)");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code(), ErrorCode::invalid_model);
}

TEST(Status, SaysWhatTheNumbersMean) {
  const Status status(ErrorCode::out_of_range, "threads", "too many");
  EXPECT_EQ(status.numbers(), Numbers::none);
  EXPECT_EQ(status.with(8, 0).numbers(), Numbers::needs);
  const Status most = status.at_most(2, 4);
  EXPECT_EQ(described(most), "threads: too many (at most 2, got 4)");
  EXPECT_EQ(most.numbers(), Numbers::at_most);
  EXPECT_EQ(most.needed(), 2U);
  EXPECT_EQ(most.actual(), 4U);
  const Status fact = status.got(4);
  EXPECT_EQ(described(fact), "threads: too many (got 4)");
  EXPECT_EQ(fact.numbers(), Numbers::got);
  EXPECT_EQ(fact.actual(), 4U);
}

TEST(Status, SuggestsWhatWouldDo) {
  const Status status = Status(ErrorCode::not_enough_memory, "memory", "too small for this context")
                            .with(263'552, 263'551);
  EXPECT_FALSE(status.has_suggestion());
  EXPECT_TRUE(status.setting() == nullptr);
  const Status better = status.suggest("context", 1117);
  EXPECT_TRUE(better.has_suggestion());
  EXPECT_EQ(std::string_view(better.setting()), "context");
  EXPECT_EQ(better.suggestion(), 1117U);
  EXPECT_EQ(described(better),
            "memory: too small for this context (needs 263,552 bytes, got 263,551); context 1117 "
            "would fit");
  EXPECT_FALSE(status.suggest(nullptr, 0).has_suggestion());
}

TEST(Status, DoesNotRepeatTheLimitOfASettingAsASuggestion) {
  const char field[] = "sinks";  // equal to the other text, and at another address
  const Status status =
      Status(ErrorCode::invalid_argument, "sinks", "must be fewer than the context")
          .at_most(0, 1)
          .suggest(field, 0);
  EXPECT_TRUE(status.has_suggestion());
  EXPECT_EQ(described(status), "sinks: must be fewer than the context (at most 0, got 1)");
}

TEST(Status, DividesNumbersButNotIndexesByCommas) {
  const Status status(ErrorCode::out_of_range, "x", "y");
  EXPECT_EQ(described(status.at(1234).with(999, 1000)), "x[1234]: y (needs 999, got 1,000)");
  EXPECT_EQ(described(status.with(123'456, 1'234'567)), "x: y (needs 123,456, got 1,234,567)");
}

TEST(Status, PrintsTheLargestNumbers) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const Status status = Status(ErrorCode::out_of_range, "x", "y").with(most, 0);
  EXPECT_EQ(described(status), "x: y (needs 18,446,744,073,709,551,615, got 0)");
  EXPECT_EQ(status.needed(), most);
  EXPECT_EQ(status.actual(), 0U);
}

TEST(Status, ShortBuffersGetTheBeginning) {
  const Status status =
      Status(ErrorCode::out_of_range, "token", "too large").at_most(10, 12).suggest("size", 10);
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
