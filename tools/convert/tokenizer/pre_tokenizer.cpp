#include "tokenizer/pre_tokenizer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "source/errors.hpp"
#include "text/word_matches.hpp"
#include "tokenizer/hf_sections.hpp"
#include "tokenizer/word_expressions.hpp"

namespace ringlet::convert {
namespace {

/// An expression splits the rest of a text differently from the whole ("'s" without its
/// apostrophe). So no other step can split its words before they become bytes.
bool is_expression(WordStep step) {
  return (step >= WordStep::gpt2 && step <= WordStep::gpt4o) ||
         (step >= WordStep::qwen35 && step <= WordStep::deepseek3);
}

}  // namespace

void PreTokenizerBuilder::push(const JsonField& step, WordStep kind) {
  constexpr std::size_t most = 8;
  const bool is_after_words = std::any_of(steps_.begin(), steps_.end(), is_expression);
  if (is_after_words && !is_in_bytes_) {
    step.refuse("comes after a regular expression, where the runtime cuts no further");
  }
  if (has_metaspace_)
    step.refuse("comes after Metaspace, a combination that the runtime cannot do");
  if (steps_.size() >= most) step.refuse("is one more than the ", most, " that the runtime does");
  steps_.push_back(kind);
}

/// Punctuation and Digits: every character of a class is a separator.
void PreTokenizerBuilder::add_separators(const JsonField& step, WordStep first,
                                         const std::string& behavior) {
  constexpr std::array<std::string_view, 5> behaviors = {
      "Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"};
  for (std::size_t i = 0; i < behaviors.size(); ++i) {
    if (behavior == behaviors[i]) {
      return push(step, static_cast<WordStep>(static_cast<std::size_t>(first) + i));
    }
  }
  step.refuse("has a behavior that is not known: ", behavior);
}

bool PreTokenizerBuilder::numbers_are_apart() const {
  return std::find(steps_.begin(), steps_.end(), WordStep::numbers_by_three) != steps_.end();
}

void PreTokenizerBuilder::add_byte_level(const JsonField& step) {
  refuse_other_keys(step, {"type", "add_prefix_space", "trim_offsets", "use_regex"});
  if (is_in_bytes_) step.refuse("is a second ByteLevel");
  tokenizer_.byte_level = true;
  tokenizer_.add_space_prefix = step.flag("add_prefix_space", true);
  tokenizer_.prefix_unless_space = true;
  if (tokenizer_.add_space_prefix && !steps_.empty()) {
    step.refuse(
        "has add_prefix_space after another step, and so puts a space in front of every "
        "part of a text; the runtime does for the first only");
  }
  if (step.flag("use_regex", true)) push(step, WordStep::gpt2);
  is_in_bytes_ = true;
  steps_.push_back(WordStep::bytes);
}

void PreTokenizerBuilder::add_metaspace(const JsonField& step) {
  constexpr const char* mark = "\xE2\x96\x81";  // U+2581
  refuse_other_keys(
      step, {"type", "replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep"});
  if (step.text("replacement", mark) != mark) step.refuse("must have U+2581 for a space");
  if (!steps_.empty() || has_metaspace_) {
    step.refuse("comes after another step, which the runtime does not support");
  }
  const std::string scheme =
      step.text("prepend_scheme", step.flag("add_prefix_space", true) ? "always" : "never");
  if (scheme != "always" && scheme != "first" && scheme != "never") {
    step.refuse("has a prepend_scheme that is not known: " + scheme);
  }
  tokenizer_.add_space_prefix = scheme != "never";
  tokenizer_.prefix_unless_space = true;
  tokenizer_.prefix_after_added = scheme == "always";
  if (step.flag("split", true)) tokenizer_.pre_tokenizer = PreTokenizer::spaces;
  has_metaspace_ = true;
}

void PreTokenizerBuilder::add_split(const JsonField& step) {
  refuse_other_keys(step, {"type", "pattern", "behavior", "invert"});
  const JsonField pattern = step.at("pattern");
  // Gemma splits at spaces, but its normalizer has removed all of them.
  if (pattern.text("String", "") == " " && !is_in_bytes_ && steps_.empty()) return;
  const std::string behavior = step.text("behavior", "Isolated");
  const bool inverted = step.flag("invert", false);
  const std::string regex = pattern.at("Regex").text();
  // If only separators are left over, both forms are equivalent.
  if (regex == "\\p{N}" && !inverted && !is_in_bytes_) {
    return add_separators(step, WordStep::number_isolated, behavior);
  }
  const std::optional<WordStep> known = step_of_expression(regex, numbers_are_apart());
  if (!known) step.refuse("has a regular expression that no known pre-tokenizer has: " + regex);
  // Expressions that match everything leave nothing to isolate or remove.
  const bool keeps_matches = behavior == "Removed" && inverted && !isolates_matches(*known);
  if (!keeps_matches && (behavior != "Isolated" || inverted)) {
    step.refuse("has behavior ", behavior, inverted ? ", inverted" : "",
                "; the runtime knows Isolated");
  }
  if (is_in_bytes_ && *known != WordStep::triples) {
    step.refuse("comes after ByteLevel, where texts are spelled in its alphabet");
  }
  push(step, *known);
}

void PreTokenizerBuilder::add(const JsonField& step) {
  const std::string type = step.at("type").text();
  if (type == "ByteLevel") {
    add_byte_level(step);
  } else if (type == "Metaspace") {
    add_metaspace(step);
  } else if (type == "Split") {
    add_split(step);
  } else if (type == "Digits") {
    refuse_other_keys(step, {"type", "individual_digits"});
    const bool alone = step.flag("individual_digits", false);
    add_separators(step, WordStep::number_isolated, alone ? "Isolated" : "Contiguous");
  } else if (type == "Punctuation") {
    refuse_other_keys(step, {"type", "behavior"});
    if (is_in_bytes_) step.refuse("comes after ByteLevel, where texts are spelled in its alphabet");
    add_separators(step, WordStep::punctuation_isolated, step.text("behavior", "Isolated"));
  } else {
    step.refuse("is a step of type " + type + ", which the runtime does not support");
  }
}

void PreTokenizerBuilder::finish() {
  using Steps = std::vector<WordStep>;
  static const std::array<std::pair<Steps, PreTokenizer>, 8> families = {
      {{{WordStep::gpt2}, PreTokenizer::gpt2},
       {{WordStep::number_isolated, WordStep::gpt2}, PreTokenizer::smollm},
       {{WordStep::llama3}, PreTokenizer::llama3},
       {{WordStep::qwen2}, PreTokenizer::qwen2},
       {{WordStep::gpt4o}, PreTokenizer::gpt4o},
       {{WordStep::qwen35}, PreTokenizer::qwen35},
       {{WordStep::tekken}, PreTokenizer::tekken},
       {{WordStep::seed_coder}, PreTokenizer::seed_coder}}};
  Steps steps = std::move(steps_);
  if (!steps.empty() && steps.back() == WordStep::bytes) steps.pop_back();
  if (steps.empty()) return;
  for (const auto& [family, kind] : families) {
    if (steps == family) {
      tokenizer_.pre_tokenizer = kind;
      return;
    }
  }
  if (tokenizer_.add_space_prefix && tokenizer_.byte_level) {
    fail(where_,
         ": ByteLevel has add_prefix_space, which the runtime does not do with other steps");
  }
  tokenizer_.pre_tokenizer = PreTokenizer::steps;
  tokenizer_.word_steps = std::move(steps);
}

std::vector<WordStep> falcon_steps() {
  return {WordStep::punctuation_contiguous, WordStep::gpt2, WordStep::bytes,
          WordStep::number_contiguous, WordStep::triples};
}

std::vector<WordStep> deepseek_coder_steps() {
  return {WordStep::newlines, WordStep::letters_after_space, WordStep::punctuation_after_space,
          WordStep::east_asian, WordStep::number_isolated};
}

std::vector<WordStep> deepseek3_steps() {
  return {WordStep::numbers_by_three, WordStep::kanji_and_kana, WordStep::deepseek3};
}

std::vector<WordStep> minicpm5_steps() { return {WordStep::numbers_by_three, WordStep::llama3}; }

}  // namespace ringlet::convert
