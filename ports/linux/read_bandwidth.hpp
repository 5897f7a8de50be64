// The memory bandwidth of this machine: the limit of decoding.
#pragma once

#include <cstddef>
#include <span>

#include "ringlet/team.hpp"

namespace ringlet::port {

/// Reads `memory` with every thread of the team, each its own part from beginning to end. Returns
/// the bytes per second of the best of several passes (about a second). The content does not
/// matter. If `memory` is less than a few times the size of the caches, the result is their speed.
[[nodiscard]] double read_bandwidth(std::span<const std::byte> memory, const Team& team);

}  // namespace ringlet::port
