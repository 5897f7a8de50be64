# What every Linux cross build shares. Programs come from the host; libraries from the target's own
# tree; header-only libraries (FlatBuffers, CLI11, nlohmann-json) are architecture-independent and are
# reached through a folder of links (header-only-libraries.cmake).
set(CMAKE_FIND_ROOT_PATH ${RINGLET_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
