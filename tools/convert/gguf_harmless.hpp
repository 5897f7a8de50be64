// Keys of GGUF files that change nothing in the architectures that are read here.
#pragma once

#include <span>

#include "unread_settings.hpp"

namespace ringlet::convert {

/// Keys after the architecture's name and a dot. A key with values changes nothing only while it
/// has one of them. Source: what llama.cpp's loaders read (src/llama-model.cpp, src/models/) and
/// its savers write (src/llama-model-saver.cpp, convert_hf_to_gguf.py).
std::span<const HarmlessSetting> harmless_gguf_settings();

}  // namespace ringlet::convert
