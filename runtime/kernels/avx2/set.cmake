ringlet_kernel_set(PROCESSOR "x86_64|AMD64" SOURCES kernels.cpp OPTIONS -mavx2 -mfma -mf16c GCC_OPTIONS ${x86_quiet})
