// Pre-tokenizers by their regular expressions: each, as tokenizer.json spells it, becomes steps
// that cut texts where Perl's regular expressions do.
#include "tokenizer/word_expressions.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "source/json_file.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "text/word_split.hpp"
#include "tokenizer/pre_tokenizer.hpp"
#include "tokenizer/tokenizer_tables.hpp"

namespace ringlet::convert {
namespace {

using Expressions = std::vector<std::string>;

struct Case {
  const char* name;
  Expressions expressions;
};

const std::string contractions = R"((?i:'s|'t|'re|'ve|'m|'ll|'d))";
const std::string rest = R"(|\s+(?!\S)|\s+)";
const std::string upper = R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])";
const std::string lower = R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])";
const std::string any = R"([^\r\n\p{L}\p{N}]?)";
const std::string gpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
const std::string kanji_and_kana = "[一-龥\u3040-ゟ゠-ヿ]+";

std::string cased(const std::string& after, const std::string& numbers) {
  return any + upper + "*" + lower + "+" + after + "|" + any + upper + "+" + lower + "*" + after +
         "|" + numbers + R"(| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+)" + rest;
}

std::string llama3_with(const std::string& numbers) {
  return contractions + "|" + any + R"(\p{L}+|)" + numbers +
         R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+)" + rest;
}

const std::string deepseek3 =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]"
    "+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";

const std::vector<Case> cases = {
    {"gpt2", {gpt2}},
    {"smollm", {R"(\p{N})", gpt2}},
    {"llama3", {llama3_with(R"(\p{N}{1,3})")}},
    {"qwen2", {llama3_with(R"(\p{N})")}},
    {"qwen35",
     {contractions + "|" + any +
      R"([\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+)" + rest}},
    {"seed_coder",
     {contractions + "|" + any + R"(\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+)" + rest}},
    {"gpt4o", {cased(contractions + "?", R"(\p{N}{1,3})")}},
    {"tekken", {cased("", R"(\p{N})")}},
    {"deepseek3", {R"(\p{N}{1,3})", kanji_and_kana, deepseek3}},
    {"minicpm5", {R"(\p{N}{1,3})", llama3_with(R"(\p{N}+)")}},
    {"deepseek_coder",
     {"[\r\n]", R"(\s?\p{L}+)", R"(\s?\p{P}+)", "[一-龥ࠀ-一가-\uD7FF]+", R"(\p{N})"}}};

/// A vocabulary of bytes that is split as its tokenizer.json says.
SourceTokenizer tokenizer_of(const Case& c, const test::TemporaryFolder& folder) {
  nlohmann::json steps = nlohmann::json::array();
  for (const std::string& expression : c.expressions) {
    steps.push_back({{"type", "Split"},
                     {"pattern", {{"Regex", expression}}},
                     {"behavior", "Isolated"},
                     {"invert", false}});
  }
  steps.push_back({{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}});
  const std::filesystem::path path = folder.write("steps.json", steps.dump());
  SourceTokenizer tokenizer;
  for (int byte = 0; byte < 256; ++byte) {
    tokenizer.pieces.push_back({.text = std::string(1, static_cast<char>(byte))});
  }
  const JsonDocument document = read_json(path);
  PreTokenizerBuilder builder(tokenizer, path.string());
  for (std::size_t i = 0; i < steps.size(); ++i) builder.add(document.root().element(i));
  builder.finish();
  return tokenizer;
}

/// The sizes of a text's words.
std::string words_of(const SourceTokenizer& tokenizer, const TokenizerTables& tables,
                     std::string_view text) {
  Vocabulary vocabulary;
  vocabulary.pre_tokenizer = tokenizer.pre_tokenizer;
  vocabulary.byte_level = true;
  vocabulary.classes = CharacterClasses(tables.character_classes);
  vocabulary.word_steps = {reinterpret_cast<const std::uint8_t*>(tokenizer.word_steps.data()),
                           tokenizer.word_steps.size()};
  const WordSplit split(vocabulary);
  std::string sizes;
  while (!text.empty()) {
    const std::size_t size = split.first(text, false).encoded_bytes;
    if (size == 0 || size > text.size()) return "no progress";
    std::string_view word = text.substr(0, size);
    while (!word.empty()) {
      const std::size_t part = split.first_part(word);
      sizes += (sizes.empty() ? "" : " ") + std::to_string(part);
      word.remove_prefix(part);
    }
    text.remove_prefix(size);
  }
  return sizes;
}

/// Texts of characters that the expressions treat differently. All are old enough for any Perl.
std::vector<std::string> random_texts(std::size_t count) {
  const std::vector<std::string> parts = {
      "a",      "b",      "s",      "T",      "LL",     "Re",     "ſ",      "K",    "'s",
      "'",      "'",      " ",      " ",      "  ",     "\n",     "\r",     "\t",   "\v",
      "\u00A0", "\u0085", "\u3000", "\u2028", "1",      "23",     "456",    "7890", "½",
      "٣",      "Ⅷ",      ".",      ",",      "!",      "/",      "-",      "_",    "$",
      "+",      "<",      "^",      "`",      "|",      "~",      "\\",     "[",    "]",
      "é",      "ß",      "Dž",     "ʰ",      "\u0301", "\u0903", "\u20DD", "中",   "文",
      "龥",     "の",     "カ",     "・",     "゠",     "ー",     "한",     "글",   "ก",
      "ا",      "न",      "€",      "×",      "…",      "“",      "。",     "«",    "\u200D",
      "\u00AD", "\uE000", "😀",      "𝟙",      "𐐀",      "\x01",   "\x7F",   "foo",  "Bar"};
  test::Random random(7);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    for (std::size_t length = 1 + random.below(14); length > 0; --length) {
      text += parts[random.below(static_cast<std::uint32_t>(parts.size()))];
    }
    texts.push_back(text);
  }
  return texts;
}

/// A file has each on a line of its own.
std::string on_one_line(std::string expression) {
  for (const auto& [from, to] : {std::pair('\r', "\\r"), std::pair('\n', "\\n")}) {
    for (std::size_t at = 0; (at = expression.find(from, at)) != std::string::npos;) {
      expression.replace(at, 1, to);
    }
  }
  return expression + "\n";
}

/// The sizes of the words that Perl finds, one line per text.
std::vector<std::string> perls_words(const Expressions& expressions,
                                     const std::vector<std::string>& texts,
                                     const test::TemporaryFolder& folder) {
  std::string lines;
  for (const std::string& expression : expressions) lines += on_one_line(expression);
  std::string together;
  for (const std::string& text : texts) together += text + '\0';
  together.pop_back();
  const std::string output = (folder.path() / "sizes").string();
  const std::string command = std::string("perl ") + RINGLET_WORD_SPLITS + " " +
                              folder.write("expressions", lines).string() + " " +
                              folder.write("texts", together).string() + " >" + output;
  if (std::system(command.c_str()) != 0) return {};
  std::vector<std::string> sizes;
  std::ifstream file(output);
  for (std::string line; std::getline(file, line);) sizes.push_back(line);
  return sizes;
}

class WordExpressions : public testing::TestWithParam<Case> {};

TEST_P(WordExpressions, CutTextsWherePerlDoes) {
  if (std::system("perl -MEncode -e 1") != 0) GTEST_SKIP() << "there is no perl";
  const test::TemporaryFolder folder;
  const std::vector<std::string> texts = random_texts(5000);
  const std::vector<std::string> expected = perls_words(GetParam().expressions, texts, folder);
  ASSERT_EQ(expected.size(), texts.size());
  const SourceTokenizer tokenizer = tokenizer_of(GetParam(), folder);
  const TokenizerTables tables = build_tokenizer_tables(tokenizer);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(words_of(tokenizer, tables, texts[i]), expected[i])
        << nlohmann::json(texts[i]).dump();
  }
}

INSTANTIATE_TEST_SUITE_P(Families, WordExpressions, testing::ValuesIn(cases),
                         [](const auto& test) { return test.param.name; });

TEST(WordExpressions, AreRecognizedInAnySpelling) {
  // GPT-4's spelling of Llama 3's.
  EXPECT_EQ(step_of_expression(R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| )"
                               R"(?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)"),
            WordStep::llama3);
  EXPECT_EQ(step_of_expression(llama3_with(R"(\p{N}{1,2})")), std::nullopt);
  // Only pieces of at most three numbers are left where these were cut before.
  EXPECT_EQ(step_of_expression(llama3_with(R"(\p{N}+)")), std::nullopt);
  EXPECT_EQ(step_of_expression(llama3_with(R"(\p{N}+)"), true), WordStep::llama3);
}

}  // namespace
}  // namespace ringlet::convert
