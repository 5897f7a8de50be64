// The sections of a Hugging Face tokenizer.json that say what is done to a text before its words
// become tokens.
#pragma once

#include <optional>

#include "json.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// Takes over section "normalizer". Throws std::runtime_error naming a step that the runtime has
/// nothing for.
void read_normalizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Takes over section "pre_tokenizer"; the same.
void read_pre_tokenizer(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// Takes over section "post_processor": whether a text begins with a token, and which.
void read_post_processor(const std::optional<JsonField>& section, SourceTokenizer& tokenizer);

/// The pre-tokenizer with this regular expression, in any of the spellings in use; none when it is
/// not known.
PreTokenizer pre_tokenizer_of_regex(std::string expression);

}  // namespace ringlet::convert
