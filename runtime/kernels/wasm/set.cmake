ringlet_kernel_set(PROCESSOR wasm32 SOURCES kernels.cpp)
