// The sections of a Hugging Face tokenizer.json that say what is done to a text before its words
// become tokens.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "json.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// Takes over section "normalizer". Throws std::runtime_error naming a step that the runtime has
/// nothing for.
void read_normalizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Takes over section "pre_tokenizer"; the same.
void read_pre_tokenizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Takes over section "post_processor": whether a text begins with a token, and which. Throws
/// std::runtime_error where it puts more than that around a text.
void read_post_processor(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Throws std::runtime_error naming a key of an object that is not null and none of these. For the
/// sections that decide tokens: what is not known there is not passed over.
void refuse_other_keys(const JsonField& object, std::initializer_list<std::string_view> known);

}  // namespace ringlet::convert
