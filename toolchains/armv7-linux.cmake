# Cross build for 32-bit ARM Linux with NEON and VFPv4 (Cortex-A7 and later), tests run by qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++)
# VFPv4 brings the fused multiply-add that the canonical arithmetic needs; 64-bit file sizes for models over 2 GiB.
set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-a7 -mfpu=neon-vfpv4 -D_FILE_OFFSET_BITS=64")
set(CMAKE_CXX_FLAGS_INIT "-mcpu=cortex-a7 -mfpu=neon-vfpv4 -D_FILE_OFFSET_BITS=64 -Wno-psabi")
set(RINGLET_SYSROOT /usr/arm-linux-gnueabihf)
set(RINGLET_QEMU_CPU cortex-a7 CACHE STRING "The processor that qemu-arm emulates")
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-arm;-L;${RINGLET_SYSROOT};-cpu;${RINGLET_QEMU_CPU}")
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
