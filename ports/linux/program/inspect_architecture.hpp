// What a model file says about its architecture, its tokenizer and its chat format.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "options.hpp"

namespace flatbuffers {
struct String;
}

namespace ringlet::schema {
struct ChatFormat;
struct Tokenizer;
}  // namespace ringlet::schema

namespace ringlet::cli {

/// A file holds text as its converter wrote it; what reaches a terminal is valid UTF-8 without
/// controls.
[[nodiscard]] std::string printable(std::string text);

/// Text of a file, or none.
[[nodiscard]] std::string text_or_empty(const flatbuffers::String* text);

// Each as lines for people, and as the document that README.md describes (null for what is absent).

[[nodiscard]] std::string architecture_text(const LoadedModel& model);
[[nodiscard]] nlohmann::ordered_json architecture_json(const LoadedModel& model);

/// One entry for each layer.
[[nodiscard]] nlohmann::ordered_json layers_json(const LoadedModel& model);

[[nodiscard]] std::string tokenizer_text(const schema::Tokenizer* tokenizer);
[[nodiscard]] nlohmann::ordered_json tokenizer_json(const schema::Tokenizer* tokenizer);

[[nodiscard]] std::string chat_text(const schema::ChatFormat* chat);
[[nodiscard]] nlohmann::ordered_json chat_json(const schema::ChatFormat* chat);

}  // namespace ringlet::cli
