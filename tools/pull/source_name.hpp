// What a user writes to name a model on the hub.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::pull {

/// "owner/name", with "@revision", and for a GGUF file with ":Q4_0" or "/folder/file.gguf".
struct SourceName {
  std::string repository;         // "owner/name"
  std::string revision = "main";  // a branch, a tag or a commit
  std::string tag{};              // of a GGUF file: "Q4_0"; empty: none was named
  std::string file{};             // path of a GGUF file in the repository; empty: none was named
};

/// Also takes addresses of huggingface.co, as a browser shows them ("…/tree/main",
/// "…/blob/main/model.gguf"). Throws port::Failure if the text is something else.
[[nodiscard]] SourceName parse_source_name(std::string_view text);

/// The name that a model from there gets: the repository's name in lower case, without "-gguf",
/// and with the tag of a GGUF file.
[[nodiscard]] std::string default_model_name(std::string_view repository, std::string_view tag);

}  // namespace ringlet::pull
