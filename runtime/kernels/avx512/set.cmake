ringlet_kernel_set(PROCESSOR "x86_64|AMD64"
  SOURCES kernels.cpp
  OPTIONS -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni
  GCC_OPTIONS ${x86_quiet})
