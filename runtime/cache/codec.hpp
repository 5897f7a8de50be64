// Writes keys and values into the cache and reads them back, in the layouts of
// kernels/cache_page.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cache_page.hpp"
#include "kernels/kernel_set.hpp"

namespace ringlet {

/// One side (keys or values) of a page, for writing.
struct PageSide {
  std::uint8_t* codes = nullptr;
  std::uint16_t* scales = nullptr;  // null for f32 and f16
};

/// The magnitude from which a format saturates: half floats, and the scales of codes, end at 65504.
[[nodiscard]] float storable_below(KvFormat format) noexcept;

/// Stores the key of one position (0…31) of a page. Only the bits of this position change.
///
/// Values not below storable_below(format) saturate. f16 rounds to nearest even. INT8 is
/// KernelSet::quantize_int8 of the whole key, INT4 is quantize_int4 of each group of 32 dimensions.
void store_key(const KernelSet& kernels, const PageSide& page, KvFormat format,
               std::size_t position, const float* key, std::size_t head_dim) noexcept;

/// Stores the value of one position of a page, like store_key().
void store_value(const KernelSet& kernels, const PageSide& page, KvFormat format,
                 std::size_t position, const float* value, std::size_t head_dim) noexcept;

/// Reads a key from a page in any format except INT4. INT8 gives code · scale.
void load_key(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
              float* key) noexcept;

/// Reads a value, like load_key().
void load_value(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
                float* value) noexcept;

}  // namespace ringlet
