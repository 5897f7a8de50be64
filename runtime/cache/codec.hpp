// Writing keys and values into the cache, in the layouts of kernels/cache_page.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cache_page.hpp"
#include "kernels/views.hpp"

namespace ringlet {

/// One side (keys or values) of a page that is being written.
struct PageSide {
  std::uint8_t* codes = nullptr;
  std::uint16_t* scales = nullptr;  // null for f32 and f16
};

/// Stores the key of one position (0…31) of a page. INT8: scale = fp16(amax/127), at least 2^-14;
/// codes = rne(key · (1/scale)) clamped to ±127; below amax = 2^-60 all zero. f16 rounds to nearest
/// even and saturates. Only this position's bytes change.
void store_key(const PageSide& page, KvFormat format, std::size_t position, const float* key,
               std::size_t head_dim) noexcept;

/// The same for a value.
void store_value(const PageSide& page, KvFormat format, std::size_t position, const float* value,
                 std::size_t head_dim) noexcept;

}  // namespace ringlet
