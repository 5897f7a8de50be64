#include "serve/protocol/quoted_text.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

/// The text and, in brackets, what follows.
std::string read_quoted(std::string_view text, const QuoteRules& rules = {.joins_texts = true}) {
  std::string_view rest = text;
  const std::optional<std::string> taken = take_quoted(text, rest, rules);
  return taken ? *taken + "[" + std::string(rest) + "]" : "none";
}

TEST(ServeQuotedText, EndsWhereAValueCanEnd) {
  EXPECT_EQ(read_quoted(R"("a", "b")"), R"(a[, "b"])");
  EXPECT_EQ(read_quoted("'it's', 1"), "it's[, 1]");
  EXPECT_EQ(read_quoted("'rock 'n' roll'}"), "rock 'n' roll[}]");
  EXPECT_EQ(read_quoted("\"say \"hi\"\")"), "say \"hi\"[)]");
  EXPECT_EQ(read_quoted("'sed -n '360,450p' /a/b')"), "sed -n '360,450p' /a/b[)]");
  EXPECT_EQ(read_quoted("'two\nlines' ]"), "two\nlines[ ]]");
  EXPECT_EQ(read_quoted(R"('')"), "[]");
  EXPECT_EQ(read_quoted("'a':", {.is_key = true}), "a[:]");
  EXPECT_EQ(read_quoted("'a': b')"), "a': b[)]");
}

TEST(ServeQuotedText, IsNothingIfItsEndIsUncertain) {
  for (const char* text : {"'a", "a", "", "'a' + 'b')", "'a' b=1)", "'a' %s)", "'a\\'", "'a''b')",
                           "<|\"|>a", "\"\"\"a", "f'a')"}) {
    EXPECT_EQ(read_quoted(text), "none") << text;
  }
  EXPECT_EQ(read_quoted("'a' 'b')", {}), "none");
  // Two texts, or one that has quotes.
  for (const char* text : {R"("the "x" "y" z")", R"("say "a", "b" now")", R"("5" "6" tall")",
                           R"("[see "a", p. 1]")", R"('it's' 'so')"}) {
    EXPECT_EQ(read_quoted(text), "none") << text;
    EXPECT_EQ(read_quoted(text, {}), "none") << text;
  }
  EXPECT_EQ(read_quoted(R"("the "x" and "y"" "z")"), "none");
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "'x";
  EXPECT_EQ(read_quoted(many), "none");
}

TEST(ServeQuotedText, HasTheFormsOfPython) {
  EXPECT_EQ(read_quoted("'a' \"b\"\n'c')"), "abc[)]");
  EXPECT_EQ(read_quoted("r'a\\d\\n')"), "a\\d\\n[)]");
  EXPECT_EQ(read_quoted("\"\"\"it's \"a\"\nb\"\"\")"), "it's \"a\"\nb[)]");
  EXPECT_EQ(read_quoted("'''a''')"), "a[)]");
  EXPECT_EQ(read_quoted("<|\"|>a 'b' \\n<|\"|>, 1"), "a 'b' \\n[, 1]");
}

TEST(ServeQuotedText, EscapesNameCharacters) {
  EXPECT_EQ(read_quoted(R"('\n\t\r\"\'\\\/\x41\u00e9\U0001F600\ud83d\ude00')"),
            "\n\t\r\"'\\/Aé\U0001F600\U0001F600[]");
  EXPECT_EQ(read_quoted("'a\\\nb'"), "ab[]");
  // Others are what they look like.
  for (const std::string text : {R"(\d+)", R"(\x4)", R"(\u12)", R"(C:\Users)", R"(\ud83d)",
                                 R"(\udc00\ud800)", R"(\U00110000)", R"(\ud83d\u0041)"}) {
    EXPECT_EQ(read_quoted("'" + text + "'").substr(0, 2), text.substr(0, 2)) << text;
  }
  EXPECT_EQ(read_quoted(R"('\d+')"), R"(\d+[])");
  EXPECT_EQ(read_quoted(R"('\ud83d')"), R"(\ud83d[])");
}

}  // namespace
}  // namespace ringlet::serve
