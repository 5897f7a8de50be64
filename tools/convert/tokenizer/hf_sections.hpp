// The sections of a Hugging Face tokenizer.json about processing a text before its words become
// tokens.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "source/json_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Reads section "normalizer". Throws std::runtime_error with a step that the runtime does not
/// support.
void read_normalizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Reads section "pre_tokenizer", with the same errors.
void read_pre_tokenizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Reads section "post_processor": whether a text begins with a token, and which one. Throws
/// std::runtime_error if it adds anything else.
void read_post_processor(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Throws std::runtime_error with a key of an object that is not null and not in `known`. For
/// sections that determine tokens, where unknown keys must not be ignored.
void refuse_other_keys(const JsonField& object, std::initializer_list<std::string_view> known);

}  // namespace ringlet::convert
