// The monotonic clock.
#pragma once

#include <cstdint>

namespace ringlet::port {

/// Returns the monotonic clock in nanoseconds.
[[nodiscard]] std::uint64_t now_nanoseconds() noexcept;

}  // namespace ringlet::port
