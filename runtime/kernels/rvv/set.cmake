# gcc has the intrinsics from version 14 on, but not the builtins for fused multiply-adds and reductions of vectors.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  ringlet_kernel_set(PROCESSOR rv64gcv MACROS __riscv_v SOURCES kernels.cpp OPTIONS -march=rv64gcv)
endif()
