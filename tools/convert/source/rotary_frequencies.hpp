// The frequencies of the rotary embedding as integer phases (runtime/numerics): turns per position
// of every pair, in units of 2^-64 turn.
#pragma once

#include <cstdint>
#include <vector>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// No factor is less: above 1/2π, no step reaches a whole turn.
inline constexpr double least_rotary_factor = 0.17;

/// step[i] = round(theta^(-2i/rotary_dim) / factors[i] / 2π · 2^64) for i below rotary_dim/2.
/// Computed in double-double arithmetic with an error below 2^-30 before rounding, using only IEEE
/// operations, so that every machine gives the same integers. theta must be finite and at least 1.
/// Factors must be finite and at least 1/6, so that no step reaches a whole turn. `rotary_dim` must
/// be even.
std::vector<std::uint64_t> rotary_frequencies(const SourceRotary& rotary, std::uint32_t rotary_dim);

}  // namespace ringlet::convert
