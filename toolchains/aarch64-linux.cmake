# Cross build for 64-bit ARM Linux (Raspberry Pi 3 and later), tests run by qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(RINGLET_SYSROOT /usr/aarch64-linux-gnu)
# The oldest core supported by default: what runs there uses baseline NEON only.
set(RINGLET_QEMU_CPU cortex-a53 CACHE STRING "The processor that qemu-aarch64 emulates")
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;${RINGLET_SYSROOT};-cpu;${RINGLET_QEMU_CPU}")
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
