# What both consumers build: a program of the machine, or an image for the board that the toolchain file names.
if(RINGLET_BOARDS)
  list(GET RINGLET_BOARDS 0 board)
  ringlet_image(consumer ${board} ${CMAKE_CURRENT_LIST_DIR}/main.c)
  set(target consumer-${board})
else()
  set(target consumer)
  add_executable(${target} ${CMAKE_CURRENT_LIST_DIR}/main.c)
  target_link_libraries(${target} PRIVATE ringlet::ringlet)
endif()
ringlet_add_model(${target} ${MODEL} CONTEXT 64 KV int8 PREFILL_CHUNK 4)
# The same file once more, as another model: with a plan of its own.
ringlet_add_model(${target} ${MODEL} NAME large CONTEXT 96 KV int4 PREFILL_CHUNK 7)
