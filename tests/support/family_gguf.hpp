// The families of families.hpp as GGUF files, by the conversion that llama.cpp's
// convert_hf_to_gguf.py defines: names of tensors, what is added, transposed and put in another
// order, and the keys.
#pragma once

#include <string>

#include "support/families.hpp"

namespace ringlet::test {

/// The file. `architecture` is GGUF's name of the family, which is "llama" for mistral.
std::string gguf_of(const MadeFamily& made, const std::string& architecture);

}  // namespace ringlet::test
