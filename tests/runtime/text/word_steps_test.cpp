// Pre-tokenizers made of steps. The expectations are what Hugging Face's tokenizers give.
#include "text/word_steps.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tokenizer/pre_tokenizer.hpp"
#include "tokenizer/unicode_tables.hpp"

namespace ringlet {
namespace {

using Words = std::vector<std::string>;
using Steps = std::vector<WordStep>;

Words cut(std::string_view text, const Steps& steps) {
  static const std::vector<std::uint32_t> ranges =
      convert::character_class_ranges(convert::Classes::all);
  const CharacterClasses classes(ranges);
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(steps.data()),
                                            steps.size());
  Words words;
  while (!text.empty()) {
    const StepWord word = first_step_word(text, bytes, classes);
    if (word.size == 0 || word.size > text.size()) return {"no progress"};
    std::string_view rest = word.is_removed ? std::string_view() : text.substr(0, word.size);
    while (!rest.empty()) {
      const std::size_t part = first_step_part(rest, bytes);
      if (part == 0 || part > rest.size()) return {"no progress"};
      words.emplace_back(rest.substr(0, part));
      rest.remove_prefix(part);
    }
    text.remove_prefix(word.size);
  }
  return words;
}

TEST(WordSteps, PunctuationIsASeparatorWithFiveFates) {
  const std::string text = "..a,b!? c.";
  EXPECT_EQ(cut(text, {WordStep::punctuation_isolated}),
            (Words{".", ".", "a", ",", "b", "!", "?", " c", "."}));
  EXPECT_EQ(cut(text, {WordStep::punctuation_removed}), (Words{"a", "b", " c"}));
  EXPECT_EQ(cut(text, {WordStep::punctuation_with_previous}),
            (Words{".", ".", "a,", "b!", "?", " c."}));
  EXPECT_EQ(cut(text, {WordStep::punctuation_with_next}),
            (Words{".", ".a", ",b", "!", "? c", "."}));
  EXPECT_EQ(cut(text, {WordStep::punctuation_contiguous}),
            (Words{"..", "a", ",", "b", "!?", " c", "."}));
}

/// The first step looks for a number, and there is none: each word would look to the end of the
/// text, and this test would take minutes.
TEST(WordSteps, TakeTimeInProportionToTheText) {
  const std::string line = " one t\u00E9xt, of words";
  std::string text;
  Words expected;
  for (int i = 0; i < 20000; ++i) {
    text += line;
    for (const char* word : {" one", " t\u00E9xt", ",", " of", " words"}) expected.push_back(word);
  }
  EXPECT_EQ(cut(text, {WordStep::numbers_by_three, WordStep::kanji_and_kana, WordStep::gpt2}),
            expected);
}

TEST(WordSteps, PunctuationIsThatOfAsciiAndOfUnicode8) {
  const Steps steps{WordStep::punctuation_contiguous};
  EXPECT_EQ(cut("a!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~b", steps).size(), 3U);
  EXPECT_EQ(cut("a…“”。b", steps), (Words{"a", "…“”。", "b"}));
  EXPECT_EQ(cut("a€b×c", steps), Words{"a€b×c"}) << "symbols are none";
  EXPECT_EQ(cut("a\u2E43b", steps), Words{"a\u2E43b"}) << "since version 9";
  EXPECT_EQ(cut("a\xFF\xE2\x80.b", steps), (Words{"a\xFF\xE2\x80", ".", "b"}));
}

TEST(WordSteps, NumbersAreSeparatorsToo) {
  EXPECT_EQ(cut("a12b٣½", {WordStep::number_isolated}), (Words{"a", "1", "2", "b", "٣", "½"}));
  EXPECT_EQ(cut("a12b٣½", {WordStep::number_contiguous}), (Words{"a", "12", "b", "٣½"}));
  EXPECT_EQ(cut("a12b", {WordStep::number_with_next}), (Words{"a", "1", "2b"}));
}

TEST(WordSteps, EachCutsWhatTheOneBeforeHasCut) {
  EXPECT_EQ(cut("Hi, it's", {WordStep::punctuation_isolated, WordStep::gpt2}),
            (Words{"Hi", ",", " it", "'", "s"}));
  EXPECT_EQ(cut("a1234567 b", {WordStep::number_contiguous, WordStep::triples}),
            (Words{"a", "123", "456", "7", " b"}));
  EXPECT_EQ(cut("ab1234", {WordStep::triples}), (Words{"ab", "123", "4"}));
}

TEST(WordSteps, OfFalconCutBytesThatLookLikeNumbers) {
  const Steps steps = convert::falcon_steps();
  EXPECT_EQ(cut("Hello, 12345 (x)!", steps),
            (Words{"Hello", ",", " ", "123", "45", " ", "(", "x", ")!"}));
  // In GPT-2's alphabet the bytes of ò are Ã and ², and a ² is a number.
  EXPECT_EQ(cut("foò", steps), (Words{"fo\xC3", "\xB2"}));
  EXPECT_EQ(cut("你好", steps), (Words{"\xE4", "\xBD", "\xA0\xE5\xA5", "\xBD"}));
}

/// Whatever comes after a word that has not seen the end, the word stays.
TEST(WordSteps, SayWhetherMoreTextCouldMatter) {
  static const std::vector<std::uint32_t> ranges =
      convert::character_class_ranges(convert::Classes::all);
  const CharacterClasses classes(ranges);
  const std::vector<Steps> all = {{WordStep::punctuation_with_previous, WordStep::gpt2},
                                  {WordStep::punctuation_contiguous},
                                  {WordStep::number_isolated, WordStep::llama3},
                                  {WordStep::triples, WordStep::gpt2}};
  const std::string text = "ab  12345.x, \n\n it's";
  int certain = 0;
  for (const Steps& steps : all) {
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(steps.data()),
                                              steps.size());
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
      for (std::size_t end = begin + 1; end < text.size(); ++end) {
        const std::string_view part(text.data() + begin, end - begin);
        const StepWord word = first_step_word(part, bytes, classes);
        if (word.saw_end) continue;
        ++certain;
        for (const char* more : {"a", " ", "1", ".", "\n"}) {
          EXPECT_EQ(first_step_word(std::string(part) + more, bytes, classes).size, word.size)
              << part << "|" << more;
        }
      }
    }
  }
  EXPECT_GT(certain, 100);
}

}  // namespace
}  // namespace ringlet
