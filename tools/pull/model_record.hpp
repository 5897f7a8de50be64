// What is known of a pulled model besides its file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringlet::pull {

struct ModelRecord {
  std::string source;    // "owner/name", with ":file.gguf" for a GGUF file of it
  std::string revision;  // as it was asked for: a branch, a tag or a commit
  std::string commit;    // what that was when the model was pulled
  std::string endpoint;  // of the hub
  std::string licence;   // empty: unknown
  std::string options;   // of the converter, besides its defaults
  std::string pulled;    // "2026-12-01T20:15:00Z"
  std::string file;      // fingerprint() of the model file

  friend bool operator==(const ModelRecord&, const ModelRecord&) = default;
};

/// As JSON. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const ModelRecord& record);

/// The record in a text that to_json() wrote; none if it is something else.
[[nodiscard]] std::optional<ModelRecord> record_from_json(std::string_view text);

/// Eight digits that differ for different model files: the checksum of the preamble, which covers
/// the tables, which cover the weights. Empty if the file is not a model or cannot be read.
[[nodiscard]] std::string fingerprint(const std::string& path);

/// The time as records have it.
[[nodiscard]] std::string time_now();

}  // namespace ringlet::pull
