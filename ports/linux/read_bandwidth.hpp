// How fast this machine reads memory: the limit of decoding.
#pragma once

#include <cstddef>
#include <span>

#include "ringlet/team.hpp"

namespace ringlet::port {

/// Reads `memory` with every lane of the team, each its own part of it from beginning to end, and
/// returns the bytes per second of the best of several passes over all of it (about a second). What
/// lies there does not matter; below some times the size of the caches it is their speed that is
/// measured.
[[nodiscard]] double read_bandwidth(std::span<const std::byte> memory, const Team& team);

}  // namespace ringlet::port
