// How the numbers of a source tensor are coded, and how runs of them become floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "blocks/coded_block.hpp"

namespace ringlet::convert {

/// A code for numbers: blocks of `block_elements` of them in `block_bytes` bytes. Types that are
/// recognised but not read (integers, doubles) have no decoder.
struct ElementType {
  const char* name;
  std::uint32_t block_elements;
  std::uint32_t block_bytes;
  /// Writes blocks · block_elements floats. `from` needs no alignment.
  void (*decode)(const std::byte* from, std::size_t blocks, float* to);
  /// Of a quantized type: the format that holds its numbers, or comes closest. INT4 is here only
  /// where it holds them without loss.
  std::optional<MatrixFormat> kept_in{};
  /// Set where that format holds the very codes and scales.
  const CodedBlock* coded = nullptr;
};

/// The type of a safetensors header's "dtype", or null when there is no such type.
const ElementType* safetensors_type(std::string_view name);

/// The type of a GGUF file's type number, or null when there is no such type.
const ElementType* gguf_type(std::uint32_t number);

/// For a number that gguf_type does not know: what wrote it and what to do, or null.
const char* foreign_gguf_type(std::uint32_t number);

}  // namespace ringlet::convert
