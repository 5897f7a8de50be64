# Options with which gcc 12 keeps accumulators in registers: its model of the A53 spills them on aarch64, any model does on
# armv7. The warning is false: it sees a loop over the rest of a constant that has none.
set(neon_sources kernels.cpp)
set(neon_options -mtune=cortex-a72)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "armv7")
  set(neon_options -fno-schedule-insns -mfp16-format=ieee)  # the latter for intrinsics of half floats
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  enable_language(ASM)
  list(APPEND neon_sources in_order_int4.S in_order_int8.S)
endif()
ringlet_kernel_set(PROCESSOR "aarch64|armv7.*"
  SOURCES ${neon_sources} GCC_OPTIONS ${neon_options} -Wno-aggressive-loop-optimizations)
