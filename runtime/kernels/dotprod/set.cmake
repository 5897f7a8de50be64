# gcc 12's partial redundancy elimination copies accumulators in the loops with SDOT. The warning is false, as for neon.
ringlet_kernel_set(PROCESSOR aarch64
  MACROS __ARM_FEATURE_DOTPROD
  SOURCES kernels.cpp
  OPTIONS -march=armv8.2-a+dotprod
  GCC_OPTIONS -mtune=cortex-a76 -fno-tree-pre -Wno-aggressive-loop-optimizations)
