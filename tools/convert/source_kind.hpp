// What a source is, by its content and not by its name.
#pragma once

#include <filesystem>

namespace ringlet::convert {

enum class SourceKind { llama2c, huggingface, gguf, ringlet };

/// A recognised source and where its importer begins: the file, or the folder of a Hugging Face
/// checkpoint (also when its config.json, its index or one of its safetensors files was named).
struct Source {
  SourceKind kind;
  std::filesystem::path path;
};

/// llama2.c's legacy checkpoints have nothing to recognise them by but sizes that fit each other.
/// Throws std::runtime_error when `path` is none of these kinds; the message names what it is and
/// what would help (foreign_file.hpp).
Source detect_source(const std::filesystem::path& path);

}  // namespace ringlet::convert
