ringlet_kernel_set(PROCESSOR ".*" SOURCES kernels.cpp)
