# Builds the demonstration with nothing but what the bundled model needs, in a tree of its own, holds the library in it
# against the budget, and lets it show that it does what the whole library does and refuses what it cannot do.
#   cmake -DSOURCE= -DTREE= -DTYPE=Release|MinSizeRel -DLINE= -DBOARD= -DTOOLCHAIN= -DMCU= -DPROGRAM= -DCONVERT=
#         -DPYTHON= -P lean.cmake
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${TREE} -G Ninja --toolchain ${TOOLCHAIN} -DRINGLET_MCU=${MCU}
  -DCMAKE_BUILD_TYPE=${TYPE} -DRINGLET_FEATURES=none -DRINGLET_PROGRAM=${PROGRAM} -DRINGLET_CONVERT_PROGRAM=${CONVERT}
  -DRINGLET_BUILD_TOOLS=OFF OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${TREE} --target storyteller-${BOARD} ringlet_left_out_tests-${BOARD}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PYTHON} -B ${SOURCE}/tools/footprint --target ${LINE}
  --budget ${SOURCE}/tests/firmware/footprint.txt ${TREE}/bin/storyteller-${BOARD}.elf.map COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E env RINGLET_BOARD=${BOARD} RINGLET_IMAGES=${TREE}/bin RINGLET_PROGRAM=${PROGRAM}
  ${PYTHON} -B ${SOURCE}/tests/firmware/storyteller_test.py -k test_ends -k test_ram -k test_digest -k test_story_is -k test_static COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -DBOARD=${BOARD} -DIMAGE=${TREE}/bin/ringlet_left_out_tests-${BOARD}.elf
  -DOUTCOME=passes -P ${SOURCE}/tests/device/run_image.cmake COMMAND_ERROR_IS_FATAL ANY)
