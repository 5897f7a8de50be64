// Divides query heads into blocks that share loads.
#pragma once

#include <cstddef>

namespace ringlet::simd {

/// Calls work.operator()<size>(first) for a size known at run time, 1 ≤ size ≤ most.
template <std::size_t most, typename Work>
inline void with_size(std::size_t size, std::size_t first, const Work& work) {
  if constexpr (most > 1) {
    if (size < most) return with_size<most - 1>(size, first, work);
  }
  work.template operator()<most>(first);
}

/// Divides `count` into as few blocks of at most `most` as possible, of nearly equal size (four
/// heads with most = 3 become two and two), and calls work.operator()<size>(first) for each.
template <std::size_t most, typename Work>
inline void in_blocks(std::size_t count, const Work& work) {
  for (std::size_t first = 0; first < count;) {
    const std::size_t left = count - first;
    const std::size_t blocks = (left + most - 1) / most;
    const std::size_t size = (left + blocks - 1) / blocks;
    with_size<most>(size, first, work);
    first += size;
  }
}

}  // namespace ringlet::simd
