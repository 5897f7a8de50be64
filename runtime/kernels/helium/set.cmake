# Accumulators stay in registers only where the loops over them are unrolled; the toolchain file has turned that off.
# clang's intrinsics want its own int32_t, which no name of a function in this file has.
ringlet_kernel_set(PROCESSOR cortex-m55
  SOURCES kernels.cpp
  OPTIONS $<$<CONFIG:Release>:-funroll-loops> -U__INT32_TYPE__ -U__UINT32_TYPE__ -D__INT32_TYPE__=int
          "-D__UINT32_TYPE__=unsigned int")
