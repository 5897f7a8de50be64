// Whether the target computes floats by calls to integer code.
#pragma once

#if defined(__SOFTFP__) || defined(__mips_soft_float) || \
    (defined(__riscv) && !defined(__riscv_flen))
#define RINGLET_SOFT_FLOATS 1
#endif
