#include "numerics/environment.hpp"

namespace ringlet {

bool float_environment_is_canonical() noexcept {
  // volatile prevents the compiler from evaluating these at compile time.
  volatile float one = 1.0F;
  volatile float half_ulp = 0x1p-24F;
  volatile float smallest_normal = 0x1p-126F;
  const bool nearest = one + half_ulp == 1.0F && -one - half_ulp == -1.0F &&
                       (one + 0x1p-23F) + half_ulp == 1.0F + 0x1p-22F;
  volatile float denormal = smallest_normal * 0.5F;
  return nearest && denormal != 0 && denormal * 2.0F == smallest_normal;
}

#ifndef RINGLET_HAS_FUSED_MULTIPLY_ADD
bool multiply_add_is_fused() noexcept {
  return rounds_once([](float a, float b, float c) { return fused_multiply_add(a, b, c); });
}
#endif

#ifdef RINGLET_AMALGAMATION
bool sums_are_fused() noexcept {
  return rounds_once([](float a, float b, float c) { return a * b + c; });
}
#endif

}  // namespace ringlet
