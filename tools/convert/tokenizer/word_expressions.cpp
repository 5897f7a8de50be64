#include "tokenizer/word_expressions.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace ringlet::convert {
namespace {

void replace_in(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// One spelling for all. Possessive quantifiers, two spellings of "up to the last newline" and the
/// usual end make no difference.
std::string normalized(std::string expression) {
  replace_in(expression, "\r", "\\r");
  replace_in(expression, "\n", "\\n");
  replace_in(expression, "?+", "?");
  replace_in(expression, "++", "+");
  replace_in(expression, "\\s*[\\r\\n]+", "\\s*[\\r\\n]");
  replace_in(expression, "'(?i:[sdmt]|ll|ve|re)", "(?i:'s|'t|'re|'ve|'m|'ll|'d)");
  replace_in(expression, "'(?:[sdmt]|ll|ve|re)", "'s|'t|'re|'ve|'m|'ll|'d");
  replace_in(expression, "\\s+$|", "");
  replace_in(expression, "|\\s+(?!\\S)|\\s+", "");
  replace_in(expression, "|\\s+(?!\\S)|\\s", "");
  return expression;
}

using Expressions = std::vector<std::pair<std::string, WordStep>>;

/// Without their usual end, `|\s+(?!\S)|\s+`.
Expressions of_words() {
  const std::string contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  const std::string any = "[^\\r\\n\\p{L}\\p{N}]?";
  const std::string start = contractions + "|" + any + "\\p{L}+|\\p{N}";
  const std::string symbols = "| ?[^\\s\\p{L}\\p{N}]+";
  const std::string newline = "|\\s*[\\r\\n]";
  const std::string end = symbols + "[\\r\\n]*" + newline;
  const std::string upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  const std::string lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  const auto cased = [&](const std::string& after, const std::string& numbers) {
    return any + upper + "*" + lower + "+" + after + "|" + any + upper + "+" + lower + "*" + after +
           "|" + numbers + symbols + "[\\r\\n/]*" + newline;
  };
  return {{"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+" + symbols, WordStep::gpt2},
          {start + "{1,3}" + end, WordStep::llama3},
          {start + end, WordStep::qwen2},
          {contractions + "|" + any +
               "[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + newline,
           WordStep::qwen35},
          {start + "{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+" + newline, WordStep::seed_coder},
          {cased(contractions + "?", "\\p{N}{1,3}"), WordStep::gpt4o},
          {cased("", "\\p{N}"), WordStep::tekken},
          {"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
           "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*" +
               newline,
           WordStep::deepseek3}};
}

Expressions of_matches() {
  return {{"[0-9][0-9][0-9]", WordStep::triples},
          {"\\p{N}{1,3}", WordStep::numbers_by_three},
          {"[一-龥\u3040-ゟ゠-ヿ]+", WordStep::kanji_and_kana},
          {"[\\r\\n]", WordStep::newlines},
          {"[一-龥ࠀ-一가-\uD7FF]+", WordStep::east_asian},
          {"\\s?\\p{L}+", WordStep::letters_after_space},
          {"\\s?\\p{P}+", WordStep::punctuation_after_space}};
}

}  // namespace

std::optional<WordStep> step_of_expression(std::string expression, bool numbers_are_apart) {
  static const Expressions matches = of_matches();
  static const Expressions words = of_words();
  expression = normalized(std::move(expression));
  if (numbers_are_apart) replace_in(expression, "|\\p{N}+|", "|\\p{N}{1,3}|");
  for (const Expressions* list : {&matches, &words}) {
    for (const auto& [known, step] : *list) {
      if (expression == known) return step;
    }
  }
  return std::nullopt;
}

}  // namespace ringlet::convert
