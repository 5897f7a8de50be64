// The settings of Gemma's generations in GGUF files.
#pragma once

#include "source/gguf/gguf_settings.hpp"

namespace ringlet::convert {

// Each throws std::runtime_error with file and key for a setting that is malformed or not
// supported.

void read_gemma(GgufSource& source);
void read_gemma2(GgufSource& source);
void read_gemma3(GgufSource& source);
void read_gemma4(GgufSource& source);

}  // namespace ringlet::convert
