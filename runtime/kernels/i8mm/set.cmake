# The options for gcc are those of dotprod.
ringlet_kernel_set(PROCESSOR aarch64
  SOURCES kernels.cpp
  OPTIONS -march=armv8.2-a+dotprod+i8mm
  GCC_OPTIONS -mtune=cortex-a76 -fno-tree-pre -Wno-aggressive-loop-optimizations)
