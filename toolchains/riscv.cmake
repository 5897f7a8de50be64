# Cross build for RISC-V without an operating system; images run on QEMU's machine "virt". RINGLET_MCU chooses the
# processor, by the name of its instructions, and with it the boards.
#
# Debian has gcc and picolibc, but no C++ library for these processors. Ringlet uses only headers of one, and those of
# libstdc++-arm-none-eabi-newlib serve.
#
# Optimised builds are -O2, as on the other boards.
#
# Vectors are compiled by clang, because gcc 12 has no intrinsics for them. Everything is linked by gcc's driver, which knows
# picolibc's variants.
set(RINGLET_MCU rv64gc CACHE STRING "rv64gc, rv64gcv or rv32imafc; without a float unit rv32imac")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RINGLET_MCU)
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${RINGLET_MCU})
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program needs the start-up code of ports/riscv

if(RINGLET_MCU STREQUAL "rv64gc")
  set(target "-march=rv64gc -mabi=lp64d")
elseif(RINGLET_MCU STREQUAL "rv64gcv")
  set(target "-march=rv64gc -mabi=lp64d")  # for gcc, which links
elseif(RINGLET_MCU STREQUAL "rv32imafc")
  set(target "-march=rv32imafc -mabi=ilp32f")
elseif(RINGLET_MCU STREQUAL "rv32imac")
  set(target "-march=rv32imac -mabi=ilp32")
else()
  message(FATAL_ERROR "RINGLET_MCU is ${RINGLET_MCU}; it can be rv64gc, rv64gcv or rv32imafc, or without a float unit rv32imac")
endif()
# The boards' memory is above 2 GiB, where only addresses relative to the program counter reach.
string(APPEND target " -mcmodel=medany")

include(${CMAKE_CURRENT_LIST_DIR}/../ports/bare-metal/boards.cmake)
ringlet_find_boards()

file(GLOB cxx_headers /usr/include/newlib/c++/*)
if(NOT cxx_headers)
  message(FATAL_ERROR "the C++ headers of libstdc++-arm-none-eabi-newlib are missing: run tools/setup --all")
endif()
list(GET cxx_headers -1 cxx_headers)
set(flags "${target} -msmall-data-limit=0 -ffunction-sections -fdata-sections")
if(RINGLET_MCU STREQUAL "rv64gcv")
  set(CMAKE_C_COMPILER clang-19)
  set(CMAKE_CXX_COMPILER clang++-19)
  set(CMAKE_ASM_COMPILER clang-19)
  # What is worth vectorising or unrolling is written so in the kernels; elsewhere it costs flash.
  string(REPLACE "rv64gc" "rv64gcv" flags "--target=riscv64-unknown-elf ${flags}")
  string(APPEND flags " -fno-vectorize -fno-slp-vectorize -fno-unroll-loops -nostdlibinc")
  set(c_headers " -isystem /usr/lib/picolibc/riscv64-unknown-elf/include")  # after those of C++, which include them
else()
  set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
  set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
  set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
  string(APPEND flags " --specs=picolibc.specs")
endif()
set(CMAKE_AR riscv64-unknown-elf-ar CACHE STRING "")
set(CMAKE_RANLIB riscv64-unknown-elf-ranlib CACHE STRING "")
set(CMAKE_NM riscv64-unknown-elf-nm CACHE STRING "")
set(CMAKE_C_FLAGS_INIT "${flags}${c_headers}")
set(CMAKE_ASM_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags} -isystem ${cxx_headers} -isystem ${cxx_headers}/arm-none-eabi${c_headers}")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "")
foreach(language IN ITEMS C CXX)
  # By the C driver: that of C++ would link a C++ library.
  set(CMAKE_${language}_LINK_EXECUTABLE
    "riscv64-unknown-elf-gcc ${target} --specs=picolibc.specs <CMAKE_${language}_LINK_FLAGS> <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
  set(CMAKE_EXECUTABLE_SUFFIX_${language} .elf)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
