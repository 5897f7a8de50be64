# 32-bit RISC-V without a float unit and without an operating system, by Debian's gcc-riscv64-unknown-elf and
# picolibc-riscv64-unknown-elf. Debian has no C++ library for it. Ringlet uses only headers of one, and those of
# libstdc++-arm-none-eabi-newlib serve.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
file(GLOB cxx_headers /usr/include/newlib/c++/*)
if(NOT cxx_headers)
  message(FATAL_ERROR "the C++ headers of libstdc++-arm-none-eabi-newlib are missing: run tools/setup --all")
endif()
list(GET cxx_headers -1 cxx_headers)
set(target "-march=rv32imac -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs -ffunction-sections -fdata-sections")
set(CMAKE_C_FLAGS_INIT "${target}")
set(CMAKE_ASM_FLAGS_INIT "${target}")
set(CMAKE_CXX_FLAGS_INIT "${target} -isystem ${cxx_headers} -isystem ${cxx_headers}/arm-none-eabi")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
