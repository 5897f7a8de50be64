#include "tokenizer/hf_sections.hpp"

#include <algorithm>
#include <vector>

#include "tokenizer/base64.hpp"
#include "tokenizer/normalizer.hpp"
#include "tokenizer/pieces.hpp"
#include "tokenizer/pre_tokenizer.hpp"

namespace ringlet::convert {
namespace {

constexpr const char* visible_space = "\xE2\x96\x81";  // U+2581

std::string type_of(const JsonField& step) { return step.at("type").text(); }

/// The steps of a sequence, or the only step.
std::vector<JsonField> steps_of(const JsonField& section, const char* list) {
  if (type_of(section) != "Sequence") return {section};
  refuse_other_keys(section, {"type", list});
  const JsonField steps = section.at(list);
  std::vector<JsonField> result;
  for (std::size_t i = 0; i < steps.array_size(); ++i) {
    for (const JsonField& step : steps_of(steps.element(i), list)) result.push_back(step);
  }
  return result;
}

/// A replacement that writes spaces as U+2581, or runs of spaces as one, is already part of the
/// vocabulary. One of plain text is a step of the normalizer.
void read_replacement(const JsonField& step, SourceTokenizer& tokenizer,
                      NormalizerBuilder& normalizer) {
  refuse_other_keys(step, {"type", "pattern", "content"});
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
  refuse_other_keys(step, {"type", "precompiled_charsmap"});
  const JsonField field = step.at("precompiled_charsmap");
  const std::optional<std::string> bytes = decode_base64(field.text());
  if (!bytes) field.refuse("must be base64");
  normalizer.charsmap(*bytes);
}

void read_normalizer_step(const JsonField& step, SourceTokenizer& tokenizer,
                          NormalizerBuilder& normalizer) {
  const std::string type = type_of(step);
  if (type == "Prepend" && step.at("prepend").text() == visible_space) {
    refuse_other_keys(step, {"type", "prepend"});
    tokenizer.add_space_prefix = true;
    tokenizer.prepends_space = true;
  } else if (type == "Replace") {
    read_replacement(step, tokenizer, normalizer);
  } else if (type == "NFC" || type == "NFKC") {
    refuse_other_keys(step, {"type"});
    normalizer.nfc(type == "NFKC");
  } else if (type == "Lowercase") {
    refuse_other_keys(step, {"type"});
    normalizer.lowercase();
  } else if (type == "Precompiled") {
    read_charsmap(step, normalizer);
  } else {
    step.refuse("is a step of type " + type + ", which the runtime does not support");
  }
}

/// The token that a template puts before a text, if any.
std::int32_t token_of_template(const JsonField& special, const JsonField& step,
                               const SourceTokenizer& tokenizer) {
  const std::string name = special.at("id").text();
  const std::optional<JsonField> list = step.find("special_tokens");
  const std::optional<JsonField> entry = list ? list->find(name.c_str()) : std::nullopt;
  if (!entry) {
    const std::int32_t token = find_piece(tokenizer, name);
    if (token < 0) special.refuse("is not a token of the vocabulary");
    return token;
  }
  const JsonField ids = entry->at("ids");
  if (ids.array_size() != 1) ids.refuse("must be one token; the runtime puts one in front only");
  return static_cast<std::int32_t>(ids.element(0).index(tokenizer.pieces.size()));
}

/// "pair" describes two texts at once, which is not needed.
void read_template(const JsonField& step, SourceTokenizer& tokenizer) {
  refuse_other_keys(step, {"type", "single", "pair", "special_tokens"});
  const JsonField single = step.at("single");
  bool has_text = false;
  for (std::size_t i = 0; i < single.array_size(); ++i) {
    const JsonField part = single.element(i);
    const std::optional<JsonField> special = part.find("SpecialToken");
    if (!special) {
      if (part.at("Sequence").text("id", "A") != "A" || has_text) part.refuse("is a second text");
      has_text = true;
      continue;
    }
    if (has_text) {
      part.refuse("appends \"" + special->at("id").text() +
                  "\" to every text; the runtime does not, because the model continues its "
                  "prompt. Remove this part to convert the file");
    }
    if (i > 0) part.refuse("is a second token in front of a text; the runtime puts one");
    tokenizer.bos = token_of_template(*special, step, tokenizer);
    tokenizer.add_bos = true;
  }
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
  PreTokenizerBuilder builder(tokenizer, section->where());
  for (const JsonField& step : steps_of(*section, "pretokenizers")) builder.add(step);
  builder.finish();
}

void read_post_processor(const std::optional<JsonField>& section, SourceTokenizer& tokenizer) {
  tokenizer.add_bos = false;
  if (!section) return;
  for (const JsonField& step : steps_of(*section, "processors")) {
    const std::string type = type_of(step);
    if (type == "TemplateProcessing") {
      read_template(step, tokenizer);
    } else if (type == "ByteLevel") {  // affects only offsets
      refuse_other_keys(step, {"type", "add_prefix_space", "trim_offsets", "use_regex"});
    } else {
      step.refuse("is of type " + type +
                  ", which puts tokens around every text; the runtime puts one in front only");
    }
  }
}

void refuse_other_keys(const JsonField& object, std::initializer_list<std::string_view> known) {
  if (!object.value().is_object()) object.refuse("must be an object");
  for (const auto& [key, value] : object.value().items()) {
    if (value.is_null() || std::find(known.begin(), known.end(), key) != known.end()) continue;
    object.refuse("has the key \"" + key + "\", which is unknown and could change tokens");
  }
}

}  // namespace ringlet::convert
