// What a source is, by its content and not by its name.
#pragma once

#include <filesystem>

namespace ringlet::convert {

/// Returns when `path` may be a llama2.c checkpoint, the one kind of source that can be converted.
/// Throws std::runtime_error when it is recognised as something else (a GGUF or safetensors file, a
/// Hugging Face folder, a PyTorch checkpoint, a ringlet model) or is no file at all.
void check_source_kind(const std::filesystem::path& path);

}  // namespace ringlet::convert
