#include "first_difference.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace ringlet::cli {

std::optional<std::size_t> first_difference(std::span<const float> a,
                                            std::span<const float> b) noexcept {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) return i;
  }
  return a.size() == b.size() ? std::nullopt : std::optional(common);
}

}  // namespace ringlet::cli
