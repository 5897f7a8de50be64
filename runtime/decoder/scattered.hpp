// The product of one matrix whose output rows lie anywhere: logits of several sessions.
#pragma once

#include <cstdint>
#include <span>

#include "decoder/pass.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// Output rows of a matrix that a thread computes before it copies them to their sessions.
inline constexpr std::uint32_t tile_rows = 256;

/// Size in floats of the tile of one thread.
[[nodiscard]] constexpr std::uint64_t tile_floats(std::uint32_t logits_rows) noexcept {
  return std::uint64_t{logits_rows} * tile_rows;
}

/// Multiplies `matrix` with the activations of all wanted rows of `sessions`, in order. Each result
/// goes to its place in RowSpan::logits, `stride` floats from row to row. `tiles` has
/// tile_floats(x.tokens) for each thread. The bits are those of one product for each session.
void multiply_scattered(const KernelSet& kernels, const Team& team, const Activations& x,
                        const PackedMatrix& matrix, std::span<const RowSpan> sessions,
                        std::uint32_t stride, float* tiles) noexcept;

}  // namespace ringlet
