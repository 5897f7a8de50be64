# What every Linux cross build shares. Programs come from the host; libraries from the target's own
# tree; header-only libraries (FlatBuffers, CLI11, nlohmann-json) are architecture-independent and are
# reached through a folder of links (header-only-libraries.cmake).
set(CMAKE_FIND_ROOT_PATH ${RINGLET_SYSROOT})
# Libraries that the programs can use, of a root that toolchains/debian-sysroot extracts; without it they do without.
set(RINGLET_PACKAGE_ROOT "" CACHE PATH "A root of Debian for the target, with libedit, libsodium, yaml-cpp and libcurl")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RINGLET_PACKAGE_ROOT)
if(RINGLET_PACKAGE_ROOT)
  list(APPEND CMAKE_FIND_ROOT_PATH ${RINGLET_PACKAGE_ROOT})
  file(GLOB libraries ${RINGLET_PACKAGE_ROOT}/usr/lib/*-linux-gnu*)
  set(CMAKE_EXE_LINKER_FLAGS_INIT -Wl,-rpath-link,${libraries})
  list(TRANSFORM CMAKE_CROSSCOMPILING_EMULATOR REPLACE "^${RINGLET_SYSROOT}$" ${RINGLET_PACKAGE_ROOT})
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
