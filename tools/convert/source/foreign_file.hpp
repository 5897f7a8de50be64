// Recognizes files that users mistake for a model, and names the remedy.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace ringlet::convert {

/// Returns the rest of a sentence that begins with the file's name, in one line: "is a Git LFS
/// pointer…; run git lfs pull". Returns nothing for bytes of unknown kind. Never throws.
std::optional<std::string> describe_foreign(std::span<const std::byte> bytes);

/// Like describe_foreign(), for the small text that a repository's clone contains instead of a
/// large file (Git LFS, Xet). It can replace a model, a tokenizer or a config.
std::optional<std::string> describe_pointer(std::span<const std::byte> bytes);

/// Like describe_foreign(), for bytes of unknown kind: how they begin, and what can be read.
std::string describe_unknown(std::span<const std::byte> bytes);

}  // namespace ringlet::convert
