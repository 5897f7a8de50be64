#include "tokenizer/hf_sections.hpp"

#include <algorithm>
#include <vector>

#include "tokenizer/base64.hpp"
#include "tokenizer/normalizer.hpp"
#include "tokenizer/pieces.hpp"

namespace ringlet::convert {
namespace {

constexpr const char* visible_space = "\xE2\x96\x81";  // U+2581

std::string type_of(const JsonField& step) { return step.at("type").text(); }

/// The steps of a sequence, or the one step that there is.
std::vector<JsonField> steps_of(const JsonField& section, const char* list) {
  if (type_of(section) != "Sequence") return {section};
  const JsonField steps = section.at(list);
  std::vector<JsonField> result;
  for (std::size_t i = 0; i < steps.array_size(); ++i) {
    for (const JsonField& step : steps_of(steps.element(i), list)) result.push_back(step);
  }
  return result;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// A replacement that writes spaces as U+2581, or runs of spaces as one, is what the vocabulary
/// does anyway; one of plain text is a step of the normalizer.
void read_replacement(const JsonField& step, SourceTokenizer& tokenizer,
                      NormalizerBuilder& normalizer) {
  const JsonField pattern = step.at("pattern");
  const std::string content = step.at("content").text();
  const std::string text = pattern.text("String", "");
  const std::string regex = pattern.text("Regex", "");
  if ((text == " " || regex == " ") && content == visible_space) return;
  if (regex == " {2,}" && (content == " " || content == visible_space)) {
    tokenizer.collapse_spaces = true;
    return;
  }
  if (text.empty()) {
    step.refuse("replaces what matches \"" + regex + "\"; the runtime replaces plain texts only");
  }
  normalizer.replace(text, plain_spaces(content));
}

void read_charsmap(const JsonField& step, NormalizerBuilder& normalizer) {
  const JsonField field = step.at("precompiled_charsmap");
  const std::optional<std::string> bytes = decode_base64(field.text());
  if (!bytes) field.refuse("must be base64");
  normalizer.charsmap(*bytes);
}

void read_normalizer_step(const JsonField& step, SourceTokenizer& tokenizer,
                          NormalizerBuilder& normalizer) {
  const std::string type = type_of(step);
  if (type == "Prepend" && step.at("prepend").text() == visible_space) {
    tokenizer.add_space_prefix = true;
  } else if (type == "Replace") {
    read_replacement(step, tokenizer, normalizer);
  } else if (type == "NFC" || type == "NFKC") {
    normalizer.nfc(type == "NFKC");
  } else if (type == "Lowercase") {
    normalizer.lowercase();
  } else if (type == "Precompiled") {
    read_charsmap(step, normalizer);
  } else {
    step.refuse("is a step of type " + type + ", which the runtime has nothing for");
  }
}

void read_metaspace(const JsonField& step, SourceTokenizer& tokenizer) {
  if (step.text("replacement", visible_space) != visible_space)
    step.refuse("must have U+2581 for a space");
  const std::string scheme =
      step.text("prepend_scheme", step.flag("add_prefix_space", true) ? "always" : "never");
  if (scheme != "always" && scheme != "first" && scheme != "never") {
    step.refuse("has a prepend_scheme that is not known: " + scheme);
  }
  tokenizer.add_space_prefix = scheme != "never";
  tokenizer.prefix_unless_space = true;
  tokenizer.prefix_after_added = scheme == "always";
  if (step.flag("split", true)) tokenizer.pre_tokenizer = PreTokenizer::spaces;
}

void set_pre_tokenizer(const JsonField& step, PreTokenizer kind, SourceTokenizer& tokenizer) {
  if (tokenizer.pre_tokenizer != PreTokenizer::none) {
    step.refuse("is a second way to cut words; the runtime knows none of this combination");
  }
  tokenizer.pre_tokenizer = kind;
}

void read_split(const JsonField& step, SourceTokenizer& tokenizer) {
  const JsonField pattern = step.at("pattern");
  // Gemma splits at spaces, of which its normalizer has left none.
  if (pattern.text("String", "") == " ") return;
  const std::string behavior = step.text("behavior", "Isolated");
  const bool inverted = step.flag("invert", false);
  // The expressions match everything, so that nothing is left over to isolate or to remove.
  if (behavior != "Isolated" && !(behavior == "Removed" && inverted)) {
    step.refuse("has behavior " + behavior + "; the runtime knows Isolated");
  }
  const std::string regex = pattern.at("Regex").text();
  const PreTokenizer kind = pre_tokenizer_of_regex(regex);
  if (kind == PreTokenizer::none) {
    step.refuse("has a regular expression that no known pre-tokenizer has: " + regex);
  }
  set_pre_tokenizer(step, kind, tokenizer);
}

void read_byte_level(const JsonField& step, SourceTokenizer& tokenizer) {
  tokenizer.byte_level = true;
  tokenizer.add_space_prefix = step.flag("add_prefix_space", true);
  tokenizer.prefix_unless_space = true;
  if (!step.flag("use_regex", true)) return;
  if (tokenizer.pre_tokenizer == PreTokenizer::smollm) return;  // its second half
  set_pre_tokenizer(step, PreTokenizer::gpt2, tokenizer);
}

}  // namespace

void read_normalizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer) {
  tokenizer.add_space_prefix = false;
  if (!section) return;
  NormalizerBuilder normalizer(section->where());
  for (const JsonField& step : steps_of(*section, "normalizers")) {
    read_normalizer_step(step, tokenizer, normalizer);
  }
  tokenizer.normalizer = normalizer.build();
}

void read_pre_tokenizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer) {
  if (!section) return;
  for (const JsonField& step : steps_of(*section, "pretokenizers")) {
    const std::string type = type_of(step);
    if (type == "ByteLevel") {
      read_byte_level(step, tokenizer);
    } else if (type == "Metaspace") {
      read_metaspace(step, tokenizer);
    } else if (type == "Split") {
      read_split(step, tokenizer);
    } else if (type == "Digits" && step.flag("individual_digits", false)) {
      set_pre_tokenizer(step, PreTokenizer::smollm, tokenizer);
    } else {
      step.refuse("is a step of type " + type + ", which the runtime has nothing for");
    }
  }
}

void read_post_processor(const std::optional<JsonField>& section, SourceTokenizer& tokenizer) {
  tokenizer.add_bos = false;
  if (!section) return;
  for (const JsonField& step : steps_of(*section, "processors")) {
    if (type_of(step) != "TemplateProcessing") continue;
    const JsonField single = step.at("single");
    if (single.array_size() == 0) continue;
    const std::optional<JsonField> first = single.element(0).find("SpecialToken");
    if (!first) continue;
    tokenizer.bos = find_piece(tokenizer, first->at("id").text());
    if (tokenizer.bos < 0) first->refuse("is not a token of the vocabulary");
    tokenizer.add_bos = true;
  }
}

PreTokenizer pre_tokenizer_of_regex(std::string expression) {
  // Possessive quantifiers, and "up to the last newline" in two ways, change nothing here.
  replace_all(expression, "?+", "?");
  replace_all(expression, "++", "+");
  replace_all(expression, "\\s*[\\r\\n]+", "\\s*[\\r\\n]");
  replace_all(expression, "'(?i:[sdmt]|ll|ve|re)", "(?i:'s|'t|'re|'ve|'m|'ll|'d)");
  replace_all(expression, "'(?:[sdmt]|ll|ve|re)", "'s|'t|'re|'ve|'m|'ll|'d");
  replace_all(expression, "\\s+$|", "");
  replace_all(expression, "|\\s+(?!\\S)|\\s+", "");
  replace_all(expression, "|\\s+(?!\\S)|\\s", "");
  constexpr const char* gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+";
  constexpr const char* start = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}";
  constexpr const char* end = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]";
  constexpr const char* upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  constexpr const char* lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  const std::string before = "[^\\r\\n\\p{L}\\p{N}]?";
  const std::string after = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|";
  const std::string gpt4o = before + upper + "*" + lower + "+" + after + before + upper + "+" +
                            lower + "*" + after +
                            "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]";
  if (expression == gpt2) return PreTokenizer::gpt2;
  if (expression == start + std::string("{1,3}") + end) return PreTokenizer::llama3;
  if (expression == start + std::string(end)) return PreTokenizer::qwen2;
  return expression == gpt4o ? PreTokenizer::gpt4o : PreTokenizer::none;
}

}  // namespace ringlet::convert
