// Reports about the architecture, tokenizer, chat format and templates of a model file.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "options.hpp"
#include "templates/stored_templates.hpp"

namespace flatbuffers {
struct String;
}

namespace ringlet::schema {
struct ChatFormat;
struct Tokenizer;
}  // namespace ringlet::schema

namespace ringlet::cli {

/// Text in a file is arbitrary. Makes it safe for a terminal: valid UTF-8 without control
/// characters.
[[nodiscard]] std::string printable(std::string text);

/// The text of a field, or an empty string.
[[nodiscard]] std::string text_or_empty(const flatbuffers::String* text);

// Each as lines for people, and as the JSON described in README.md (null for absent parts).

[[nodiscard]] std::string architecture_text(const LoadedModel& model);
[[nodiscard]] nlohmann::ordered_json architecture_json(const LoadedModel& model);

/// One entry per layer.
[[nodiscard]] nlohmann::ordered_json layers_json(const LoadedModel& model);

[[nodiscard]] std::string tokenizer_text(const schema::Tokenizer* tokenizer);
[[nodiscard]] nlohmann::ordered_json tokenizer_json(const schema::Tokenizer* tokenizer);

[[nodiscard]] std::string chat_text(const schema::ChatFormat* chat);
[[nodiscard]] nlohmann::ordered_json chat_json(const schema::ChatFormat* chat);

[[nodiscard]] std::string templates_text(const std::optional<templates::StoredTemplates>& stored);
[[nodiscard]] nlohmann::ordered_json templates_json(
    const std::optional<templates::StoredTemplates>& stored);

}  // namespace ringlet::cli
