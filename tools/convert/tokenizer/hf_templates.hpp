// The chat templates of a Hugging Face folder, and the texts of tokens that they name.
#pragma once

#include <filesystem>

#include "common/json.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

using common::JsonField;

/// "chat_template" of tokenizer_config.json: one template, or several with names.
void read_chat_templates(const JsonField& field, SourceTokenizer& tokenizer);

/// The texts of special tokens that Transformers hands to a template as variables. Those already
/// known are replaced.
void read_template_tokens(const JsonField& config, SourceTokenizer& tokenizer);

/// chat_template.jinja and additional_chat_templates/NAME.jinja, which take precedence over
/// tokenizer_config.json; and chat_template.json, which counts only where nothing else has a
/// template.
void read_template_files(const std::filesystem::path& folder, SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
