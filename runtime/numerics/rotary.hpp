// Angles of rotary position embeddings as integers (Su et al., RoFormer, 2021, for the embedding).
#pragma once

#include <cstdint>

namespace ringlet {

struct Angle {
  float cosine = 1;
  float sine = 0;
};

/// Returns the cosine and sine of phase/2^64 turns. A phase is position · frequency modulo 2^64, so
/// the range reduction is exact for every position and nothing drifts. The error is below 1.5e-7.
[[nodiscard]] Angle angle_of_phase(std::uint64_t phase) noexcept;

}  // namespace ringlet
