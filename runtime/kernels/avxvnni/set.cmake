ringlet_kernel_set(PROCESSOR "x86_64|AMD64"
  MACROS __AVXVNNI__ __AVX2__ __FMA__ __F16C__
  SOURCES kernels.cpp OPTIONS -mavx2 -mfma -mf16c -mavxvnni GCC_OPTIONS ${x86_quiet})
