// The encoding of a source tensor's numbers, and decoders to floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "source/blocks/coded_block.hpp"

namespace ringlet::convert {

/// An encoding of numbers: blocks of `block_elements` numbers in `block_bytes` bytes. Types that
/// are recognized but not read (integers, doubles) have no decoder.
struct ElementType {
  const char* name;
  std::uint32_t block_elements;
  std::uint32_t block_bytes;
  /// Writes blocks · block_elements floats. `from` need not be aligned.
  void (*decode)(const std::byte* from, std::size_t blocks, float* to);
  /// For a quantized type: the format that holds its numbers or comes closest. INT4 only if it
  /// holds them without loss.
  std::optional<MatrixFormat> kept_in{};
  /// Set if that format holds exactly the same codes and scales.
  const CodedBlock* coded = nullptr;
};

/// The type of a safetensors header's "dtype", or null if unknown.
const ElementType* safetensors_type(std::string_view name);

/// The type of a GGUF file's type number, or null if unknown.
const ElementType* gguf_type(std::uint32_t number);

/// For a number unknown to gguf_type: the program that wrote it and the remedy, or null.
const char* foreign_gguf_type(std::uint32_t number);

}  // namespace ringlet::convert
