// How texts are split into words. The expected words are those of the families' regular
// expressions.
#include "text/pre_tokenizer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tokenizer/unicode_tables.hpp"

namespace ringlet {
namespace {

using Words = std::vector<std::string>;

Words cut(std::string_view text, PreTokenizer kind) {
  const bool letters = kind == PreTokenizer::gpt2 || kind == PreTokenizer::smollm ||
                       kind == PreTokenizer::llama3 || kind == PreTokenizer::qwen2;
  const std::vector<std::uint32_t> ranges = convert::character_class_ranges(
      letters ? convert::Classes::letters : convert::Classes::cases);
  const CharacterClasses classes(ranges);
  Words words;
  while (!text.empty()) {
    const std::size_t size = first_word(text, kind, classes);
    EXPECT_GT(size, 0U);
    EXPECT_LE(size, text.size());
    words.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return words;
}

TEST(PreTokenizer, CutsAsGpt2) {
  const auto words = [](std::string_view text) { return cut(text, PreTokenizer::gpt2); };
  EXPECT_EQ(words("Hello, world! It's 1234."),
            (Words{"Hello", ",", " world", "!", " It", "'s", " 1234", "."}));
  EXPECT_EQ(words("a  b\n\nc "), (Words{"a", " ", " b", "\n", "\n", "c", " "}));
  EXPECT_EQ(words("   "), Words{"   "});
  EXPECT_EQ(words("\t\tx"), (Words{"\t", "\t", "x"}));
  EXPECT_EQ(words("we'Ve they'll I'm"), (Words{"we", "'", "Ve", " they", "'ll", " I", "'m"}));
  EXPECT_EQ(words("e\u0301 \u0663\u2167\u00BD"), (Words{"e", "\u0301", " \u0663\u2167\u00BD"}));
  EXPECT_EQ(words("中文\u3000字"), (Words{"中文", "\u3000", "字"}));
  EXPECT_EQ(words("a\xFF\xE2\x96z"), (Words{"a", "\xFF\xE2\x96", "z"}));
}

TEST(PreTokenizer, CutsAsSmolLm) {
  const auto words = [](std::string_view text) { return cut(text, PreTokenizer::smollm); };
  EXPECT_EQ(words("a 12 b3"), (Words{"a", " ", "1", "2", " b", "3"}));
  EXPECT_EQ(words("x  7"), (Words{"x", "  ", "7"}));
  EXPECT_EQ(words("it's"), (Words{"it", "'s"}));
}

TEST(PreTokenizer, CutsAsLlama3AndQwen2) {
  const auto llama = [](std::string_view text) { return cut(text, PreTokenizer::llama3); };
  const auto qwen = [](std::string_view text) { return cut(text, PreTokenizer::qwen2); };
  EXPECT_EQ(llama("12345 6"), (Words{"123", "45", " ", "6"}));
  EXPECT_EQ(qwen("12 3"), (Words{"1", "2", " ", "3"}));
  EXPECT_EQ(llama("we'Ve I'M 'ſ"), (Words{"we", "'Ve", " I", "'M", " '", "ſ"}));
  EXPECT_EQ(llama("'ſo"), (Words{"'ſ", "o"}));
  EXPECT_EQ(llama("#tag \tword"), (Words{"#tag", " ", "\tword"}));
  EXPECT_EQ(llama("a!!\n\n b"), (Words{"a", "!!\n\n", " b"}));
  EXPECT_EQ(llama(" \n \n  x"), (Words{" \n \n", " ", " x"}));
  EXPECT_EQ(llama("x   "), (Words{"x", "   "}));
  EXPECT_EQ(llama("\nword"), (Words{"\n", "word"}));
  EXPECT_EQ(qwen("e\u0301a"), (Words{"e", "\u0301a"}));
}

TEST(PreTokenizer, CutsAsGpt4o) {
  const auto words = [](std::string_view text) { return cut(text, PreTokenizer::gpt4o); };
  EXPECT_EQ(words("HelloWorld ABCdef"), (Words{"Hello", "World", " ABCdef"}));
  EXPECT_EQ(words("ABC don't DON'T"), (Words{"ABC", " don't", " DON'T"}));
  EXPECT_EQ(words("ABのCD"), (Words{"ABの", "CD"}));
  EXPECT_EQ(words("\u0301AB"), (Words{"\u0301", "AB"}));
  EXPECT_EQ(words("e\u0301A"), (Words{"e\u0301", "A"}));
  EXPECT_EQ(words("1234//\n/x"), (Words{"123", "4", "//\n/", "x"}));
}

TEST(PreTokenizer, CutsAsItsVariants) {
  const auto words = [](std::string_view text, PreTokenizer kind) { return cut(text, kind); };
  EXPECT_EQ(words("12 e\u0301a!\u0301 _\u0301.\n", PreTokenizer::qwen35),
            (Words{"1", "2", " e\u0301a", "!\u0301", " _", "\u0301", ".\n"}));
  EXPECT_EQ(words("I'll HelloWorld 12/\n", PreTokenizer::tekken),
            (Words{"I", "'ll", " Hello", "World", " ", "1", "2", "/\n"}));
  EXPECT_EQ(words("it's 12!\n x", PreTokenizer::seed_coder),
            (Words{"it", "'s", " ", "1", "2", "!", "\n", " x"}));
}

TEST(CharacterClasses, AreThoseOfUnicode) {
  const std::vector<std::uint32_t> ranges =
      convert::character_class_ranges(convert::Classes::cases);
  const CharacterClasses classes(ranges);
  using Class = CharacterClass;
  for (const auto& [code, expected] :
       std::vector<std::pair<char32_t, Class>>{{'a', Class::lowercase},
                                               {'Z', Class::uppercase},
                                               {'5', Class::number},
                                               {'_', Class::other},
                                               {'\v', Class::space},
                                               {0x85, Class::space},
                                               {0xA0, Class::space},
                                               {0x200B, Class::other},
                                               {0x2028, Class::space},
                                               {0xE9, Class::lowercase},
                                               {0x1C5, Class::uppercase},
                                               {0x2B0, Class::letter},
                                               {0x301, Class::mark},
                                               {0x4E2D, Class::letter},
                                               {0x2167, Class::number},
                                               {0x1F999, Class::other},
                                               {0xE000, Class::other},
                                               {0x10FFFF, Class::other},
                                               {0x1D7CE, Class::number}}) {
    EXPECT_EQ(classes.of(code), expected) << std::hex << static_cast<std::uint32_t>(code);
  }
  EXPECT_EQ(CharacterClasses().of(0x4E2D), Class::other);
}

}  // namespace
}  // namespace ringlet
