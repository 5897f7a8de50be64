// Files that people take for a model and that are something else: which, and what would help.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace ringlet::convert {

/// The rest of a sentence that begins with the file's name, in one line: "is a Git LFS pointer…;
/// run git lfs pull". Nothing for bytes that are of no kind known here. Never throws, whatever the
/// bytes.
std::optional<std::string> describe_foreign(std::span<const std::byte> bytes);

/// The same for the small text that a repository's clone has in the place of a large file (Git LFS,
/// Xet); it can stand for a model, a tokenizer or a setting.
std::optional<std::string> describe_pointer(std::span<const std::byte> bytes);

/// The same for bytes of no known kind: how they begin, and what can be read.
std::string describe_unknown(std::span<const std::byte> bytes);

}  // namespace ringlet::convert
