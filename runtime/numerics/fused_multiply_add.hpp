// The fused multiply-add of the canonical arithmetic: a·b + c with a single rounding. All code of
// the library uses this function.
#pragma once

namespace ringlet {

/// Returns a·b + c rounded once to nearest even, by integer arithmetic: the bits of the instruction
/// for processors without one. Handles subnormal numbers, infinities and signed zeros; a NaN result
/// is some quiet NaN. Takes about seventy instructions.
[[nodiscard]] float fused_by_integers(float a, float b, float c) noexcept;

/// The same for processors without the instruction, by what they have: by arithmetic in double, in
/// about a dozen instructions, where the processor has that.
#if defined(__x86_64__) || defined(__wasm__)
#define RINGLET_FUSES_BY_DOUBLE 1
[[nodiscard]] float exact_fused_multiply_add(float a, float b, float c) noexcept;
#else
[[nodiscard, gnu::always_inline]] inline float exact_fused_multiply_add(float a, float b,
                                                                        float c) noexcept {
  return fused_by_integers(a, b, c);
}
#endif

/// Whether the compiler can use the instruction everywhere in this file. gcc defines one macro for
/// it; clang defines those of the processor.
#if defined(__FP_FAST_FMAF) || defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__riscv_f)
#define RINGLET_HAS_FUSED_MULTIPLY_ADD 1
#elif defined(__x86_64__)
#define RINGLET_ASKS_FOR_FUSED_MULTIPLY_ADD 1
#endif

/// Returns a·b + c rounded once. Never calls fmaf() of the C library: some versions round twice.
// Always inline: files are compiled for different instruction sets, and the linker must not merge
// their copies.
[[gnu::always_inline]] inline float fused_multiply_add(float a, float b, float c) noexcept {
#if defined(RINGLET_HAS_FUSED_MULTIPLY_ADD)
  return __builtin_fmaf(a, b, c);
#elif defined(RINGLET_ASKS_FOR_FUSED_MULTIPLY_ADD)
  // For programs that run on every x86-64 processor. Before the compiler's library has examined the
  // processor the answer is no, and the bits are the same.
  if (__builtin_cpu_supports("fma") == 0) return exact_fused_multiply_add(a, b, c);
  // volatile: the compiler must not move it before the check of the processor.
  asm volatile("vfmadd231ss %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
  return c;
#else
  return exact_fused_multiply_add(a, b, c);
#endif
}

}  // namespace ringlet
