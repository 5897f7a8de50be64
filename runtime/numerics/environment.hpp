// Checks of the floating-point environment that all arithmetic assumes.
#pragma once

#include "numerics/fused_multiply_add.hpp"

namespace ringlet {

/// Whether this thread rounds to nearest even and keeps denormals. Other settings change bits. The
/// library refuses them instead of changing the environment of its caller.
[[nodiscard]] bool float_environment_is_canonical() noexcept;

/// Whether `multiply_add(a, b, c)` rounds a·b + c once. Arithmetic in double and the fmaf() of some
/// C libraries do not. Two examples detect this: the product 97·172961 = 2^24 + 1 is halfway
/// between two floats, and 2^-30 decides which is nearer; (1 + 2^-12)² − (1 + 2^-11) is 2^-24, the
/// last bit of the square.
template <typename MultiplyAdd>
[[nodiscard]] bool rounds_once(MultiplyAdd multiply_add) noexcept {
  // volatile prevents the compiler from evaluating these at compile time.
  volatile float factor = 97.0F;
  volatile float small = 0x1p-30F;
  volatile float root = 1.0F + 0x1p-12F;
  return multiply_add(factor, 172961.0F, small) == 16777218.0F &&
         multiply_add(root, root, -(1.0F + 0x1p-11F)) == 0x1p-24F;
}

/// Whether the library's own multiply-add, as compiled, rounds once on this processor.
#ifdef RINGLET_HAS_FUSED_MULTIPLY_ADD
constexpr bool multiply_add_is_fused() noexcept { return true; }  // uses the instruction
#else
[[nodiscard]] bool multiply_add_is_fused() noexcept;
#endif

/// Whether the compiler fused `a * b + c`, which changes bits. The project's own builds forbid it;
/// whoever compiles the amalgamated source may not.
#ifdef RINGLET_AMALGAMATION
[[nodiscard]] bool sums_are_fused() noexcept;
#else
constexpr bool sums_are_fused() noexcept { return false; }
#endif

}  // namespace ringlet
