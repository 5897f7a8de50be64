ringlet_kernel_set(PROCESSOR "x86_64|AMD64"
  MACROS __AVX512F__ __AVX512BW__ __AVX512DQ__ __AVX512VL__ __AVX512VNNI__ __AVX2__ __FMA__ __F16C__
  SOURCES kernels.cpp
  OPTIONS -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni
  GCC_OPTIONS ${x86_quiet})
