# Builds the demonstration with a part of the library, in a tree of its own, holds the library in it against the budget,
# and lets it show that it does what the whole library does and, with nothing but what the bundled model needs, refuses
# what it cannot do.
#   cmake -DSOURCE= -DTREE= -DTYPE=Release|MinSizeRel -DFEATURES=none|… -DLINE= -DBOARD= -DTOOLCHAIN= -DWARNINGS=ON|OFF
#         -DMCU= -DPROGRAM= -DCONVERT= -DPYTHON= -P lean.cmake
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${TREE} -G Ninja --toolchain ${TOOLCHAIN} -DRINGLET_MCU=${MCU}
  -DCMAKE_BUILD_TYPE=${TYPE} -DRINGLET_FEATURES=${FEATURES} -DRINGLET_PROGRAM=${PROGRAM} -DRINGLET_CONVERT_PROGRAM=${CONVERT}
  -DRINGLET_WARNINGS_AS_ERRORS=${WARNINGS} -DRINGLET_BUILD_TOOLS=OFF OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(targets storyteller-${BOARD})
if(FEATURES STREQUAL "none")
  list(APPEND targets ringlet_left_out_tests-${BOARD})
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${TREE} --target ${targets}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PYTHON} -B ${SOURCE}/tools/footprint --target ${LINE}
  --budget ${SOURCE}/tests/firmware/footprint.txt ${TREE}/bin/storyteller-${BOARD}.elf.map COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E env RINGLET_BOARD=${BOARD} RINGLET_PROCESSOR=${MCU} RINGLET_IMAGES=${TREE}/bin RINGLET_PROGRAM=${PROGRAM}
  ${PYTHON} -B ${SOURCE}/tests/firmware/storyteller_test.py -k test_ends -k test_ram -k test_digest -k test_story_is -k test_static COMMAND_ERROR_IS_FATAL ANY)
if(FEATURES STREQUAL "none")
  execute_process(COMMAND ${CMAKE_COMMAND} -DBOARD=${BOARD} -DIMAGE=${TREE}/bin/ringlet_left_out_tests-${BOARD}.elf
    -DOUTCOME=passes -P ${SOURCE}/tests/device/run_image.cmake COMMAND_ERROR_IS_FATAL ANY)
endif()
