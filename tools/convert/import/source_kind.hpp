// Detects the kind of a source by its content, not its name.
#pragma once

#include <filesystem>

namespace ringlet::convert {

enum class SourceKind { llama2c, huggingface, gguf, ringlet };

/// A recognized source and the path for its importer: the file, or the folder of a Hugging Face
/// checkpoint (even if its config.json, index or one of its safetensors files was given).
struct Source {
  SourceKind kind;
  std::filesystem::path path;
};

/// Legacy llama2.c checkpoints can be recognized only by consistent sizes. Throws
/// std::runtime_error if `path` is none of these kinds; the message names what it is and the remedy
/// (foreign_file.hpp).
Source detect_source(const std::filesystem::path& path);

}  // namespace ringlet::convert
