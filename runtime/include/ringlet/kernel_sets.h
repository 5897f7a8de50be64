/* The kernel sets beside the scalar one, for C++ and C. All that names sets is made from this list:
   their declarations (ringlet/kernels.hpp, ringlet/c/session.h), the choice by processor
   (ringlet/linux/kernels.hpp), and the tests.

   RINGLET_KERNEL_SETS(SET) is SET(name) for each set that the library has for the processor that is
   compiled for, best first, with the instructions that it needs. RINGLET_BASELINE_SET(SET) is
   SET(name) for the best one that needs nothing beyond what the compiler was told the processor
   has. Compile an application with the same processor options as the library.

   The set `portable` needs no instructions: it computes with several codes in one word. A
   big-endian processor has the scalar kernels alone. */
#ifndef RINGLET_KERNEL_SETS_H
#define RINGLET_KERNEL_SETS_H

#if defined(__x86_64__)
#define RINGLET_KERNEL_SETS(SET)                  \
  SET(avx512)   /* AVX-512 F, BW, DQ, VL, VNNI */ \
  SET(avxvnni)  /* AVX2, FMA, F16C, AVX-VNNI */   \
  SET(avx2)     /* AVX2, FMA, F16C */             \
  SET(portable) /* none */
#define RINGLET_BASELINE_SET(SET) SET(portable)

#elif defined(__aarch64__)
#define RINGLET_KERNEL_SETS(SET) \
  SET(i8mm)    /* SDOT, SMMLA */ \
  SET(dotprod) /* SDOT */        \
  SET(neon)
#define RINGLET_BASELINE_SET(SET) SET(neon)

#elif defined(__ARM_FEATURE_MVE)
#define RINGLET_KERNEL_SETS(SET) SET(helium) /* Helium with floats */
#define RINGLET_BASELINE_SET(SET) SET(helium)

#elif defined(__ARM_NEON)
#define RINGLET_KERNEL_SETS(SET) SET(neon) /* NEON, VFPv4 */
#define RINGLET_BASELINE_SET(SET) SET(neon)

#elif defined(__ARM_FEATURE_DSP)
#define RINGLET_KERNEL_SETS(SET) SET(dsp) /* DSP extension of Cortex-M */
#define RINGLET_BASELINE_SET(SET) SET(dsp)

#elif defined(__wasm_simd128__)
#define RINGLET_KERNEL_SETS(SET)       \
  SET(wasm)     /* fixed-width SIMD */ \
  SET(portable) /* none */
#define RINGLET_BASELINE_SET(SET) SET(wasm)

#elif defined(__riscv_v) && defined(__clang__)
#define RINGLET_KERNEL_SETS(SET)               \
  SET(rvv)      /* vectors, V 1.0; by clang */ \
  SET(portable) /* none */
#define RINGLET_BASELINE_SET(SET) SET(rvv)

#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define RINGLET_KERNEL_SETS(SET) SET(portable) /* none */
#define RINGLET_BASELINE_SET(SET) SET(portable)

#else
#define RINGLET_KERNEL_SETS(SET)
#define RINGLET_BASELINE_SET(SET) SET(scalar)
#endif

#endif
