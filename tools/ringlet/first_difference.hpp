// Compares numbers bit for bit.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace ringlet::cli {

/// The index of the first number that does not have the same bits in both, which may be one that
/// only the longer of the two has; none if all are the same.
[[nodiscard]] std::optional<std::size_t> first_difference(std::span<const float> a,
                                                          std::span<const float> b) noexcept;

}  // namespace ringlet::cli
