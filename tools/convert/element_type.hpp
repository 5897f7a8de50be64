// How the numbers of a source tensor are coded, and how runs of them become floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringlet::convert {

/// A code for numbers: blocks of `block_elements` of them in `block_bytes` bytes. Types that are
/// recognised but not read (integers, doubles, rare quantizations) have no decoder.
struct ElementType {
  const char* name;
  std::uint32_t block_elements;
  std::uint32_t block_bytes;
  /// Writes blocks · block_elements floats. `from` needs no alignment.
  void (*decode)(const std::byte* from, std::size_t blocks, float* to);
};

/// The type of a safetensors header's "dtype", or null when there is no such type.
const ElementType* safetensors_type(std::string_view name);

/// The type of a GGUF file's type number, or null when there is no such type.
const ElementType* gguf_type(std::uint32_t number);

/// The two GGUF types that are the same numbers as ours in another order.
inline constexpr std::string_view q4_0_name = "Q4_0";
inline constexpr std::string_view q8_0_name = "Q8_0";

}  // namespace ringlet::convert
