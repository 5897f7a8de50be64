# `ringlet`, `ringlet-convert` and `ringlet-grammar` for the machine that builds, which a build for a board runs to plan
# memory and to make models and grammars. RINGLET_PROGRAM, RINGLET_CONVERT_PROGRAM and RINGLET_GRAMMAR_PROGRAM may be given;
# otherwise a native build makes its own, and cross builds share one build tree: that of the preset "release", where this
# is the top project. The target ringlet_host_programs brings them up to date.
if(RINGLET_PROGRAM AND NOT RINGLET_MAKES_PROGRAMS)
  if(NOT RINGLET_GRAMMAR_PROGRAM)  # that beside it
    get_filename_component(folder ${RINGLET_PROGRAM} DIRECTORY)
    set(RINGLET_GRAMMAR_PROGRAM ${folder}/ringlet-grammar CACHE INTERNAL "")
  endif()
  return()
endif()
set(RINGLET_MAKES_PROGRAMS ON CACHE INTERNAL "RINGLET_PROGRAM was not given")
if(NOT CMAKE_CROSSCOMPILING)
  set(RINGLET_PROGRAM $<TARGET_FILE:ringlet_program> CACHE INTERNAL "")
  set(RINGLET_CONVERT_PROGRAM $<TARGET_FILE:ringlet-convert> CACHE INTERNAL "")
  set(RINGLET_GRAMMAR_PROGRAM $<TARGET_FILE:ringlet-grammar> CACHE INTERNAL "")
  add_custom_target(ringlet_host_programs)
  return()
endif()

if(PROJECT_IS_TOP_LEVEL)
  set(host_tree ${PROJECT_SOURCE_DIR}/build/release)
else()
  set(host_tree ${PROJECT_BINARY_DIR}/host)
endif()
set(RINGLET_HOST_TREE ${host_tree} CACHE PATH "Build tree for programs that run on the build machine")
set(RINGLET_PROGRAM ${RINGLET_HOST_TREE}/bin/ringlet CACHE INTERNAL "")
set(RINGLET_CONVERT_PROGRAM ${RINGLET_HOST_TREE}/bin/ringlet-convert CACHE INTERNAL "")
set(RINGLET_GRAMMAR_PROGRAM ${RINGLET_HOST_TREE}/bin/ringlet-grammar CACHE INTERNAL "")
# The source of that tree is this one; its own build decides what is out of date.
add_custom_target(ringlet_host_programs
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DTREE=${RINGLET_HOST_TREE}
          -DGENERATOR=${CMAKE_GENERATOR} -P ${CMAKE_CURRENT_LIST_DIR}/build-host-programs.cmake
  BYPRODUCTS ${RINGLET_PROGRAM} ${RINGLET_CONVERT_PROGRAM} ${RINGLET_GRAMMAR_PROGRAM}
  COMMENT "Programs of this machine in ${RINGLET_HOST_TREE}" VERBATIM)
