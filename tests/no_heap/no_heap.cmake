# No heap: what the library's archive may refer to, and a run with allocation functions that count.
# Sanitizers bring allocations and references of their own.
if(NOT RINGLET_SANITIZE)
  add_test(NAME no_heap.undefined_references
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DARCHIVE=$<TARGET_FILE:ringlet> -DHARDENED=${RINGLET_HARDEN}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/no_heap/undefined_references.cmake)
  add_executable(ringlet_no_heap_test no_heap/no_heap_test.cpp no_heap/counting_allocator.cpp)
  target_link_libraries(ringlet_no_heap_test PRIVATE ringlet_test_support GTest::gtest_main)
  gtest_discover_tests(ringlet_no_heap_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120)
endif()
