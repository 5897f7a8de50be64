// The fused multiply-add of the canonical arithmetic: a·b + c with one rounding. Everything in the
// library that multiplies and adds with one rounding calls this function and no other.
#pragma once

namespace ringlet {

/// a·b + c rounded once to nearest even, by integer arithmetic: the bits of the instruction on
/// processors that have none. Handles subnormal numbers, infinities and signed zeros; a NaN is some
/// quiet NaN. About a hundred instructions.
[[nodiscard]] float exact_fused_multiply_add(float a, float b, float c) noexcept;

/// Whether the compiler may use the instruction everywhere in this file. gcc says it by one macro;
/// clang says it by that of the processor.
#if defined(__FP_FAST_FMAF) || defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__riscv_f)
#define RINGLET_HAS_FUSED_MULTIPLY_ADD 1
#elif defined(__x86_64__)
#define RINGLET_ASKS_FOR_FUSED_MULTIPLY_ADD 1
#endif

/// a·b + c rounded once. The C library's fmaf() is never called: some of them round twice.
// Always in line: each file may be compiled for other instructions, and the linker must not share.
[[gnu::always_inline]] inline float fused_multiply_add(float a, float b, float c) noexcept {
#if defined(RINGLET_HAS_FUSED_MULTIPLY_ADD)
  return __builtin_fmaf(a, b, c);
#elif defined(RINGLET_ASKS_FOR_FUSED_MULTIPLY_ADD)
  // A program for every x86-64 processor. Before the compiler's library has asked the processor,
  // the answer is no, and the bits are the same.
  if (__builtin_cpu_supports("fma") == 0) return exact_fused_multiply_add(a, b, c);
  // volatile: the compiler must not compute it before it is asked whether it may.
  asm volatile("vfmadd231ss %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
  return c;
#else
  return exact_fused_multiply_add(a, b, c);
#endif
}

}  // namespace ringlet
