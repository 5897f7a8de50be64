// What a source is, by its content and not by its name.
#pragma once

#include <filesystem>

namespace ringlet::convert {

enum class SourceKind { llama2c, huggingface, gguf, ringlet };

/// A recognised source and where its importer begins: the file, or the folder of a Hugging Face
/// checkpoint (also when one of its safetensors files was named).
struct Source {
  SourceKind kind;
  std::filesystem::path path;
};

/// llama2.c's legacy checkpoints have nothing to recognise them by: what is not something else is
/// taken for one, and its header decides. Throws std::runtime_error when `path` is recognised as
/// something that cannot be converted (a PyTorch checkpoint, a folder without config.json) or is no
/// file at all.
Source detect_source(const std::filesystem::path& path);

}  // namespace ringlet::convert
