# The options for gcc are those of dotprod.
set(i8mm_sources kernels.cpp)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  enable_language(ASM)
  list(APPEND i8mm_sources tiles_int4.S tiles_int8.S)
endif()
ringlet_kernel_set(PROCESSOR aarch64
  MACROS __ARM_FEATURE_DOTPROD __ARM_FEATURE_MATMUL_INT8
  SOURCES ${i8mm_sources}
  OPTIONS -march=armv8.2-a+dotprod+i8mm
  GCC_OPTIONS -mtune=cortex-a76 -fno-tree-pre -Wno-aggressive-loop-optimizations)
