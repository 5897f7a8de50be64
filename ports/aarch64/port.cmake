# 64-bit ARM: reset to exception level 1, a map of memory, the generic timer. The compiler is that for Linux, so the C
# library is named here: picolibc, of which images take memcpy and its like.
enable_language(ASM)
find_library(RINGLET_PICOLIBC c PATHS /usr/lib/picolibc/aarch64-linux-gnu/lib NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
target_sources(ringlet_board PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/reset.S ${CMAKE_CURRENT_LIST_DIR}/mmu.cpp ${CMAKE_CURRENT_LIST_DIR}/clock.cpp
  ${CMAKE_CURRENT_LIST_DIR}/faults.cpp)
target_link_options(ringlet_board INTERFACE -nostdlib -static -no-pie)
target_link_libraries(ringlet_board INTERFACE ${RINGLET_PICOLIBC} gcc)
