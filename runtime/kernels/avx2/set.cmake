ringlet_kernel_set(PROCESSOR "x86_64|AMD64"
  MACROS __AVX2__ __FMA__ __F16C__
  SOURCES kernels.cpp OPTIONS -mavx2 -mfma -mf16c GCC_OPTIONS ${x86_quiet})
