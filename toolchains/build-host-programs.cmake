# Brings the programs of the machine that builds up to date:
#   cmake -DSOURCE=ringlet -DTREE=build/release -DGENERATOR=Ninja -P build-host-programs.cmake
# One at a time: several cross builds may share the tree.
file(LOCK ${TREE}.lock GUARD PROCESS TIMEOUT 1800)
if(NOT EXISTS ${TREE}/CMakeCache.txt)
  execute_process(COMMAND ${CMAKE_COMMAND} -G ${GENERATOR} -S ${SOURCE} -B ${TREE} -DCMAKE_BUILD_TYPE=Release
    -DRINGLET_BUILD_TOOLS=ON -DRINGLET_BUILD_TESTS=OFF
    COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${TREE} --target ringlet_program ringlet-convert ringlet-grammar
  COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE output)
if(NOT output MATCHES "no work to do")
  message("${output}")
endif()
