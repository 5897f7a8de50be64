#include "calibrate/sample_text.hpp"

#include <gtest/gtest.h>

#include "ringlet/linux/threads.hpp"
#include "ringlet/tokenizer.hpp"
#include "support/model_image.hpp"

namespace ringlet::convert {
namespace {

class SampledTextTest : public testing::Test {
 protected:
  static test::Recipe recipe() {
    test::Recipe result{.architecture = test::small_architecture(), .tokenizer = true};
    result.architecture.vocab_size = test::tokenizer_pieces;
    return result;
  }

  test::LoadedModel loaded{recipe(), test::all_int8};
};

TEST_F(SampledTextTest, HasTheSizeThatWasAskedFor) {
  const TokenId bos = Tokenizer::open(loaded.model)->bos();
  std::uint64_t told = 0;
  const CalibrationText text = sample_text(loaded.model, {}, {.tokens = 1000, .window = 40},
                                           [&](std::uint64_t done, std::uint64_t total) {
                                             EXPECT_GT(done, told);
                                             EXPECT_EQ(total, 1000U);
                                             told = done;
                                           });
  EXPECT_GE(text.tokens.size(), 1000U - 16);
  EXPECT_LE(text.tokens.size(), 1000U + 16);
  std::size_t begin = 0;
  for (const std::uint32_t window : text.windows) {
    EXPECT_GE(window, 2U);
    EXPECT_LE(window, 40U);
    EXPECT_EQ(text.tokens[begin], bos);
    for (std::size_t i = begin + 1; i < begin + window; ++i) EXPECT_NE(text.tokens[i], bos);
    begin += window;
  }
  EXPECT_EQ(begin, text.tokens.size());
}

TEST_F(SampledTextTest, IsTheSameEachTimeAndWithAnyNumberOfThreads) {
  port::ThreadTeam team(3);
  const SampledText size{.tokens = 300, .window = 30};
  const CalibrationText one = sample_text(loaded.model, {}, size);
  const CalibrationText three = sample_text(loaded.model, team.team(), size);
  EXPECT_EQ(one.tokens, three.tokens);
  EXPECT_EQ(one.windows, three.windows);
  // No text is like another.
  const auto second = one.tokens.begin() + one.windows[0];
  EXPECT_FALSE(std::equal(one.tokens.begin(), one.tokens.begin() + 20, second));
}

}  // namespace
}  // namespace ringlet::convert
