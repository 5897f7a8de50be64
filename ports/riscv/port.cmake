# RISC-V in machine mode: reset, traps, and the counter of cycles as the clock.
enable_language(ASM)
target_sources(ringlet_board PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/reset.S ${CMAKE_CURRENT_LIST_DIR}/clock.cpp ${CMAKE_CURRENT_LIST_DIR}/traps.cpp)
