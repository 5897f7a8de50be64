# What the compiler and the linker can do for programs that read other people's files: a canary under each buffer on
# the stack, checked copies of the C library, an image at random addresses whose tables are read-only once it runs, and
# marked targets of indirect jumps (CET on x86, BTI and signed return addresses on AArch64). Firmware has neither the
# library calls nor a loader; its guard is the stack limit (ports/cortex-m/README.md).
#
# Kernels have no canaries: no length that comes from a file is copied there, and they are called per 32 positions.
option(RINGLET_HARDEN "Harden programs for Linux; no effect with sanitizers" ON)
if(NOT RINGLET_HARDEN OR RINGLET_SANITIZE OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  return()
endif()
include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_compile_options(ringlet_compile_options INTERFACE
  "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:RINGLET_WITHOUT_CANARIES>>>:-fstack-protector-strong>"
  "$<$<NOT:$<OR:$<CONFIG:Debug>,$<BOOL:$<TARGET_PROPERTY:RINGLET_DEFINES_LIBC_CALLS>>>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>"
  -fstack-clash-protection)
target_link_options(ringlet_compile_options INTERFACE
  -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(ringlet_compile_options INTERFACE -fcf-protection=full)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  target_compile_options(ringlet_compile_options INTERFACE -mbranch-protection=standard)
endif()
