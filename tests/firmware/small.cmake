# Builds the demonstration for size in a tree of its own and holds the library in it against the budget.
#   cmake -DSOURCE= -DTREE= -DBOARD= -DTOOLCHAIN= -DMCU= -DPROGRAM= -DPYTHON= -P small.cmake
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${TREE} -G Ninja --toolchain ${TOOLCHAIN} -DRINGLET_MCU=${MCU}
  -DCMAKE_BUILD_TYPE=MinSizeRel -DRINGLET_PROGRAM=${PROGRAM} -DRINGLET_BUILD_TESTS=OFF -DRINGLET_BUILD_TOOLS=OFF
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${TREE} --target storyteller-${BOARD}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PYTHON} -B ${SOURCE}/tools/footprint --target ${BOARD}-small
  --budget ${SOURCE}/tests/firmware/footprint.txt ${TREE}/bin/storyteller-${BOARD}.elf.map COMMAND_ERROR_IS_FATAL ANY)
