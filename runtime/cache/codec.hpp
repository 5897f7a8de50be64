// Writing keys and values into the cache and reading them back, in the layouts of
// kernels/cache_page.hpp.
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

/// Stores the key of one position (0…31) of a page. Only this position's bits change.
///
/// - f16 rounds to nearest even and saturates.
/// - INT8: scale = fp16(amax/127), at least 2^-14; codes = rne(key · (1/scale)) clamped to ±127.
/// - INT4, for each group of 32 dimensions: of three steps near the one that brings the element of
///   largest magnitude to −8, the one whose codes leave the least squared error once the scale is
///   refitted, Σ key·code / Σ code² (cache/int4_group.hpp).
///
/// What is below 2^-60 in magnitude (of the whole, or of the group) is all zero.
void store_key(const PageSide& page, KvFormat format, std::size_t position, const float* key,
               std::size_t head_dim) noexcept;

/// The same for a value.
void store_value(const PageSide& page, KvFormat format, std::size_t position, const float* value,
                 std::size_t head_dim) noexcept;

/// Reads a key of a page in any format but INT4; INT8 gives code · scale.
void load_key(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
              float* key) noexcept;

/// The same for a value.
void load_value(const PageSide& page, KvFormat format, std::size_t position, std::size_t head_dim,
                float* value) noexcept;

}  // namespace ringlet
