// The rotary embedding's angles as integer phases (runtime/numerics): turns per position of every
// pair in units of 2^-64 turn.
#pragma once

#include <cstdint>
#include <vector>

namespace ringlet::convert {

/// step[i] = round(theta^(-2i/rotary_dim) / 2π · 2^64) for i below rotary_dim/2. Computed in
/// double-double arithmetic with an error below 2^-30 before rounding, by IEEE operations only, so
/// that every machine gives the same integers. `theta` is at least 1 and finite; `rotary_dim` is
/// even.
std::vector<std::uint64_t> rope_steps(double theta, std::uint32_t rotary_dim);

}  // namespace ringlet::convert
