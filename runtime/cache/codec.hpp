// Writing keys and values into the cache and reading them back, in the layouts of
// kernels/cache_page.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cache_page.hpp"
#include "kernels/kernel_set.hpp"
#include "kernels/views.hpp"

namespace ringlet {

/// One side (keys or values) of a page that is being written.
struct PageSide {
  std::uint8_t* codes = nullptr;
  std::uint16_t* scales = nullptr;  // null for f32 and f16
};

/// The magnitude from which on a format no longer holds numbers as they are: half floats, and the
/// scales of codes, end at 65504.
[[nodiscard]] float storable_below(KvFormat format) noexcept;

/// Stores the key of one position (0…31) of a page. Only this position's bits change.
///
/// What is not below storable_below(format) saturates. f16 rounds to nearest even; INT8 and INT4
/// are KernelSet::quantize_int8 of the whole and quantize_int4 of each group of 32 dimensions.
void store_key(const KernelSet& kernels, const PageSide& page, KvFormat format,
               std::size_t position, const float* key, std::size_t head_dim) noexcept;

/// The same for a value.
void store_value(const KernelSet& kernels, const PageSide& page, KvFormat format,
                 std::size_t position, const float* value, std::size_t head_dim) noexcept;

/// Reads a key of a page in any format but INT4; INT8 gives code · scale.
void load_key(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
              float* key) noexcept;

/// The same for a value.
void load_value(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
                float* value) noexcept;

}  // namespace ringlet
