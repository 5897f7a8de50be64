// One fuzz input for an importer: a source from anywhere, converted as the program would.
#pragma once

#include <cstddef>
#include <span>

namespace ringlet::test {

/// A GGUF file. Whatever it holds, the importer gives a model or an error in one line; a small
/// model is converted, opened and decoded.
void fuzz_gguf(std::span<const std::byte> input);

/// A safetensors file, likewise: its header, and a row of every tensor that can be read.
void fuzz_safetensors(std::span<const std::byte> input);

/// A config.json, likewise.
void fuzz_config(std::span<const std::byte> input);

}  // namespace ringlet::test
