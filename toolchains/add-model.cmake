# Models in the image of a program.
#
#   ringlet_add_model(TARGET MODEL [NAME name] [SECTION name] [ADDRESS address]
#                     [CONTEXT n] [SINKS n] [KV format] [HOT_WINDOW n] [PREFILL_CHUNK n] [LONGEST_WORD n])
#
# puts the file MODEL into the executable TARGET, aligned to 64 in the section SECTION (".model" unless given), and
# plans the memory of a session with those settings when the program is built. The program includes "NAME.h" (NAME is
# the file's name without extension unless given), which has
#
#   RINGLET_RAM_BYTES and the other numbers of `ringlet plan --header`,
#   ringlet_model_NAME and ringlet_model_NAME_end, the first byte of the file and the one after its last.
#
# With ADDRESS the file is not linked in: it is expected at that address, where something else has put it. RINGLET_PROGRAM
# is the program `ringlet` of the machine that builds.
set(RINGLET_ADD_MODEL_FOLDER ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")
function(ringlet_add_model target model)
  set(plan_options CONTEXT SINKS KV HOT_WINDOW PREFILL_CHUNK LONGEST_WORD)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "NAME;SECTION;ADDRESS;${plan_options}" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ringlet_add_model: ${arg_UNPARSED_ARGUMENTS} is not an option of it")
  endif()
  if(NOT RINGLET_PROGRAM)
    message(FATAL_ERROR "ringlet_add_model: set RINGLET_PROGRAM to the program `ringlet` of the machine that builds")
  endif()
  get_filename_component(model ${model} ABSOLUTE)
  if(NOT arg_NAME)
    get_filename_component(arg_NAME ${model} NAME_WE)
  endif()
  if(NOT arg_NAME MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "ringlet_add_model: '${arg_NAME}' cannot be part of an identifier; give a NAME that can")
  endif()
  if(NOT arg_SECTION)
    set(arg_SECTION .model)
  endif()

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}-models)
  set(options --threads 1)
  foreach(option IN LISTS plan_options)
    if(DEFINED arg_${option})
      string(TOLOWER --${option} flag)
      string(REPLACE "_" "-" flag ${flag})
      list(APPEND options ${flag} ${arg_${option}})
    endif()
  endforeach()
  set(program ${RINGLET_PROGRAM})
  if(TARGET ringlet_host_programs)
    list(APPEND program ringlet_host_programs)
  endif()
  add_custom_command(OUTPUT ${folder}/${arg_NAME}_plan.h
    COMMAND ${RINGLET_PROGRAM} plan ${model} ${options} --header ${folder}/${arg_NAME}_plan.h
            > ${folder}/${arg_NAME}_plan.txt
    DEPENDS ${model} ${program} VERBATIM)

  set(name ${arg_NAME})
  set(section ${arg_SECTION})
  configure_file(${RINGLET_ADD_MODEL_FOLDER}/model.h.in ${folder}/${name}.h @ONLY)
  target_sources(${target} PRIVATE ${folder}/${name}_plan.h)
  target_include_directories(${target} PRIVATE ${folder})
  if(DEFINED arg_ADDRESS)
    file(SIZE ${model} size)
    math(EXPR end "${arg_ADDRESS} + ${size}" OUTPUT_FORMAT HEXADECIMAL)
    target_link_options(${target} PRIVATE
      LINKER:--defsym=ringlet_model_${name}=${arg_ADDRESS},--defsym=ringlet_model_${name}_end=${end})
  else()
    configure_file(${RINGLET_ADD_MODEL_FOLDER}/model.cpp.in ${folder}/${name}.cpp @ONLY)
    set_property(SOURCE ${folder}/${name}.cpp APPEND PROPERTY OBJECT_DEPENDS ${model})
    target_sources(${target} PRIVATE ${folder}/${name}.cpp)
  endif()
endfunction()
