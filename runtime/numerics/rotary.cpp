#include "numerics/rotary.hpp"

#include "numerics/reduction.hpp"

namespace ringlet {

Angle angle_of_phase(std::uint64_t phase) noexcept {
  // The nearest quarter turn, and the remainder, which is at most an eighth of a turn in either
  // direction.
  const std::uint64_t quadrant = (phase + (std::uint64_t{1} << 61)) >> 62;
  const auto rest =
      static_cast<std::int32_t>(static_cast<std::uint32_t>((phase - (quadrant << 62)) >> 32));
  const float radians_per_unit = 1.46291807926715968e-9F;  // 2π / 2^32
  const float a = static_cast<float>(rest) * radians_per_unit;
  const float z = a * a;

  // Polynomials of sinf and cosf on [−π/4, π/4] in the Cephes library (Moshier).
  float p = -1.9515295891e-4F;
  p = fused_multiply_add(p, z, 8.3321608736e-3F);
  p = fused_multiply_add(p, z, -1.6666654611e-1F);
  const float sine = fused_multiply_add(p * z, a, a);
  float q = 2.443315711809948e-5F;
  q = fused_multiply_add(q, z, -1.388731625493765e-3F);
  q = fused_multiply_add(q, z, 4.166664568298827e-2F);
  const float cosine = fused_multiply_add(q * z, z, fused_multiply_add(z, -0.5F, 1.0F));

  switch (quadrant & 3U) {
    case 0:
      return {cosine, sine};
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    default:
      return {sine, -cosine};
  }
}

}  // namespace ringlet
