// GGUF keys that have no effect in the supported architectures.
#pragma once

#include <span>

#include "source/unread_settings.hpp"

namespace ringlet::convert {

/// Keys without the architecture's name and dot. A key with values is harmless only while it has
/// one of them. Source: what llama.cpp's loaders read (src/llama-model.cpp, src/models/) and its
/// savers write (src/llama-model-saver.cpp, convert_hf_to_gguf.py).
std::span<const HarmlessSetting> harmless_gguf_settings();

}  // namespace ringlet::convert
