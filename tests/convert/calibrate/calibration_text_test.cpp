#include "calibrate/calibration_text.hpp"

#include <gtest/gtest.h>

#include "calibrate/outline_model.hpp"
#include "support/model_image.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::convert {
namespace {

using Documents = std::vector<std::string_view>;

TEST(SplitDocuments, CutsAtSeparatorsAndDropsLineBreaksAroundThem) {
  EXPECT_EQ(split_documents("\none\n<s>\ntwo two\n\n<s>\n\n<s>three", "<s>"),
            (Documents{"one", "two two", "three"}));
  EXPECT_EQ(split_documents("one<s>two", ""), (Documents{"one<s>two"}));
  EXPECT_EQ(split_documents("\n\n", "<s>"), Documents{});
  EXPECT_EQ(split_documents("", "<s>"), Documents{});
}

class DividedText : public testing::Test {
 protected:
  DividedText() {
    test::Recipe recipe{.architecture = test::small_architecture(), .tokenizer = true};
    recipe.architecture.vocab_size = test::tokenizer_pieces;
    source = test::make_source(recipe);
    outline.emplace(source, test::all_int4, folder.path());
  }

  [[nodiscard]] CalibrationText divide(std::string_view text, std::uint32_t window,
                                       std::size_t most = 1000) const {
    return divide_text(outline->tokenizer(), text,
                       {.separator = "|", .window = window, .most_tokens = most});
  }

  test::TemporaryFolder folder;
  SourceModel source;
  std::optional<OutlineModel> outline;
};

TEST_F(DividedText, BeginsEveryWindowAsASessionDoes) {
  const Tokenizer& tokenizer = outline->tokenizer();
  ASSERT_TRUE(tokenizer.adds_bos());
  const CalibrationText whole = divide("abc def|ghi", 100);
  ASSERT_EQ(whole.windows.size(), 2U);
  const CalibrationText first = divide("abc def", 100);
  EXPECT_EQ(first.tokens.front(), tokenizer.bos());
  EXPECT_EQ(whole.windows[0], first.tokens.size());
  EXPECT_EQ(whole.tokens[first.tokens.size()], tokenizer.bos());
  // Windows of four: the first token again and three others.
  const CalibrationText cut = divide("abc def", 4);
  std::vector<TokenId> joined;
  std::size_t begin = 0;
  for (const std::uint32_t size : cut.windows) {
    EXPECT_LE(size, 4U);
    EXPECT_EQ(cut.tokens[begin], tokenizer.bos());
    joined.insert(joined.end(), cut.tokens.begin() + static_cast<std::ptrdiff_t>(begin + 1),
                  cut.tokens.begin() + static_cast<std::ptrdiff_t>(begin + size));
    begin += size;
  }
  EXPECT_EQ(joined, std::vector<TokenId>(first.tokens.begin() + 1, first.tokens.end()));
}

TEST_F(DividedText, EndsAtTheMostTokens) {
  for (std::size_t most = 0; most < 12; ++most) {
    const CalibrationText text = divide("abc def|ghi jkl", 5, most);
    EXPECT_LE(text.tokens.size(), most);
    for (const std::uint32_t size : text.windows) EXPECT_GE(size, 2U);
  }
}

TEST_F(DividedText, IsAnErrorIfThereIsNone) {
  const auto path = folder.write("empty.txt", "\n\n");
  EXPECT_THROW(static_cast<void>(read_text(outline->tokenizer(), path, {})), std::runtime_error);
  SourceModel bare = source;
  bare.tokenizer.reset();
  EXPECT_THROW(OutlineModel(bare, test::all_int4, folder.path()), std::runtime_error);
}

}  // namespace
}  // namespace ringlet::convert
