# Cortex-M: vectors and reset, faults, and a clock that every one of them has.
target_sources(ringlet_board PRIVATE ${CMAKE_CURRENT_LIST_DIR}/reset.cpp ${CMAKE_CURRENT_LIST_DIR}/clock.cpp)
