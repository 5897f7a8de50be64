# Cross build for 64-bit ARM with the libraries of Debian 13, which has a younger XNNPACK than this machine; tests run by
# qemu-user. The libraries are extracted into the build folder when it is configured first.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
cmake_path(SET RINGLET_SYSROOT NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-trixie-arm64)
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/trixie-sysroot ${RINGLET_SYSROOT} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "the libraries of Debian 13 could not be extracted into ${RINGLET_SYSROOT}")
endif()
set(CMAKE_SYSROOT ${RINGLET_SYSROOT})
# Debian's cross compiler looks for the C library beside itself unless told otherwise.
set(libraries ${RINGLET_SYSROOT}/usr/lib/aarch64-linux-gnu)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-B${libraries} -L${libraries} -Wl,-rpath-link,${libraries}")
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(RINGLET_QEMU_CPU cortex-a76 CACHE STRING "The processor that qemu-aarch64 emulates")
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;${RINGLET_SYSROOT};-cpu;${RINGLET_QEMU_CPU}")
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
