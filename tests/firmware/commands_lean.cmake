# Builds the image `commands` with no more of the library than its model needs, in a tree of its own, holds the whole image
# against the budget, and lets it answer as the whole library does.
#   cmake -DSOURCE= -DTREE= -DFEATURES= -DLINE= -DBOARD= -DTOOLCHAIN= -DWARNINGS=ON|OFF -DMCU= -DPROGRAM= -DCONVERT= -DGRAMMAR=
#         -DOBJCOPY= -DHOME_ADDRESS= -DPYTHON= -P commands_lean.cmake
string(REPLACE "," "\\;" features "${FEATURES}")
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${TREE} -G Ninja --toolchain ${TOOLCHAIN} -DRINGLET_MCU=${MCU}
  -DCMAKE_BUILD_TYPE=Release -DRINGLET_FEATURES=${features} -DRINGLET_PROGRAM=${PROGRAM} -DRINGLET_CONVERT_PROGRAM=${CONVERT}
  -DRINGLET_GRAMMAR_PROGRAM=${GRAMMAR} -DRINGLET_WARNINGS_AS_ERRORS=${WARNINGS} -DRINGLET_BUILD_TOOLS=OFF
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${TREE} --target commands-${BOARD} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PYTHON} -B ${SOURCE}/tools/footprint --image --target ${LINE}
  --budget ${SOURCE}/tests/firmware/footprint.txt ${TREE}/bin/commands-${BOARD}.elf.map COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E env RINGLET_BOARD=${BOARD} RINGLET_PROCESSOR=${MCU} RINGLET_IMAGES=${TREE}/bin
  RINGLET_PROGRAM=${PROGRAM} RINGLET_GRAMMAR_PROGRAM=${GRAMMAR} RINGLET_OBJCOPY=${OBJCOPY} RINGLET_HOME_ADDRESS=${HOME_ADDRESS}
  ${PYTHON} -B ${SOURCE}/tests/firmware/commands_test.py -k test_ends -k test_answers -k test_ram COMMAND_ERROR_IS_FATAL ANY)
