# Models in the image of a program.
#
#   ringlet_add_model(TARGET MODEL [NAME name] [SECTION name] [ADDRESS address]
#                     [CONTEXT n] [SINKS n] [KV format] [HOT_WINDOW n] [PREFILL_CHUNK n] [LONGEST_WORD n]
#                     [LOOKUP [DRAFT_TOKENS n]] [PREFIX prompt [PREFIX_ADDRESS address]]
#                     [GRAMMAR file [LISTS file]])
#
# puts the file MODEL into the executable TARGET, aligned to 64, in the section SECTION (default: ".model"). At build time
# it plans the memory of a session with these settings. The program includes "NAME.h" (NAME defaults to the file's name
# without extension), which has
#
#   RINGLET_NAME_RAM_BYTES and the other numbers of `ringlet plan --header`, NAME in capitals,
#   ringlet_config_NAME(), the planned configuration, a ringlet::Config in C++ and a ringlet_config in C,
#   ringlet_model_NAME and ringlet_model_NAME_end, the first byte of the file and the one after its last.
#
# A program can have several models; each has its own numbers.
#
# With ADDRESS the file is not linked in. Something else must put it at that address.
#
# With LOOKUP the plan has memory for a Lookup and for drafts of DRAFT_TOKENS tokens (ringlet/lookup.hpp).
#
# With PREFIX the build computes the text and puts the state after it at ringlet_prefix_NAME in the same section: a
# snapshot of RINGLET_NAME_PREFIX_BYTES, as `ringlet prefix` makes. With PREFIX_ADDRESS something else must put it at that
# address; the file is NAME.prefix in the folder TARGET-models of the build. The session keeps the whole text, or with SINKS
# its first SINKS tokens, as sinks that it reads in place. The plan has no byte for them, and the session begins with
# restore().
#
# With GRAMMAR the section also has a compiled grammar, between ringlet_grammar_NAME and ringlet_grammar_NAME_end, and with
# LISTS the words that it reads, between ringlet_words_NAME and ringlet_words_NAME_end.
#
# RINGLET_PROGRAM is the program `ringlet` for the build machine.
set(RINGLET_ADD_MODEL_FOLDER ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")
function(ringlet_add_model target model)
  set(plan_options CONTEXT SINKS KV HOT_WINDOW PREFILL_CHUNK LONGEST_WORD)
  cmake_parse_arguments(PARSE_ARGV 2 arg "LOOKUP" "NAME;SECTION;ADDRESS;PREFIX;PREFIX_ADDRESS;DRAFT_TOKENS;GRAMMAR;LISTS;${plan_options}"
    "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ringlet_add_model: ${arg_UNPARSED_ARGUMENTS} is not an option of it")
  endif()
  if(NOT RINGLET_PROGRAM)
    message(FATAL_ERROR "ringlet_add_model: set RINGLET_PROGRAM to the program `ringlet` for the build machine")
  endif()
  get_filename_component(model ${model} ABSOLUTE)
  if(NOT arg_NAME)
    get_filename_component(arg_NAME ${model} NAME_WE)
  endif()
  if(NOT arg_NAME MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "ringlet_add_model: '${arg_NAME}' cannot be part of an identifier; give a NAME that can")
  endif()
  # Macros have the name in capitals.
  string(TOUPPER ${arg_NAME} upper_name)
  get_target_property(names ${target} RINGLET_MODELS)
  if(upper_name IN_LIST names)
    message(FATAL_ERROR "ringlet_add_model: ${target} has a model ${arg_NAME} already; give this one another NAME")
  endif()
  set_property(TARGET ${target} APPEND PROPERTY RINGLET_MODELS ${upper_name})
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
  set(name ${arg_NAME})
  set(prefix)
  if(DEFINED arg_PREFIX)
    set(prefix ${folder}/${name}.prefix)
    set(pin)
    if(NOT DEFINED arg_SINKS)
      set(pin --pin)
    endif()
    add_custom_command(OUTPUT ${prefix}
      COMMAND ${RINGLET_PROGRAM} prefix ${model} -p ${arg_PREFIX} ${pin} ${options} -q -o ${prefix}
      DEPENDS ${model} ${program} VERBATIM)
    # The plan takes the sinks from the prefix.
    list(APPEND options --prefix ${prefix})
    ringlet_place(${target} prefix_${name} ${prefix} ${arg_SECTION} "${arg_PREFIX_ADDRESS}" "")
  endif()
  set(parts GRAMMAR LISTS)
  foreach(part IN LISTS parts)
    if(DEFINED arg_${part})
      get_filename_component(file ${arg_${part}} ABSOLUTE)
      string(TOLOWER ${part} symbol)
      string(REPLACE "lists" "words" symbol ${symbol})
      ringlet_place(${target} ${symbol}_${name} ${file} ${arg_SECTION} "" "")
    endif()
  endforeach()
  if(arg_LOOKUP)
    list(APPEND options --lookup)
  endif()
  if(DEFINED arg_DRAFT_TOKENS)
    list(APPEND options --draft-tokens ${arg_DRAFT_TOKENS})
  endif()
  add_custom_command(OUTPUT ${folder}/${name}_plan.h
    COMMAND ${RINGLET_PROGRAM} plan ${model} ${options} --name ${name} --header ${folder}/${name}_plan.h > ${folder}/${name}_plan.txt
    DEPENDS ${model} ${prefix} ${program} VERBATIM)

  configure_file(${RINGLET_ADD_MODEL_FOLDER}/model.h.in ${folder}/${name}.h @ONLY)
  target_sources(${target} PRIVATE ${folder}/${name}_plan.h)
  target_include_directories(${target} PRIVATE ${folder})
  set(size 0)
  if(DEFINED arg_ADDRESS)
    file(SIZE ${model} size)
  endif()
  ringlet_place(${target} model_${name} ${model} ${arg_SECTION} "${arg_ADDRESS}" ${size})
endfunction()

# The bytes of a file between ringlet_SYMBOL and ringlet_SYMBOL_end, in a section or, where ADDRESS is not empty, there.
function(ringlet_place target symbol file section address size)
  if(address STREQUAL "")
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}-models/${symbol}.cpp)
    configure_file(${RINGLET_ADD_MODEL_FOLDER}/model.cpp.in ${source} @ONLY)
    set_property(SOURCE ${source} APPEND PROPERTY OBJECT_DEPENDS ${file})
    target_sources(${target} PRIVATE ${source})
    return()
  endif()
  target_link_options(${target} PRIVATE LINKER:--defsym=ringlet_${symbol}=${address})
  if(NOT size STREQUAL "")  # of a file that is there already
    math(EXPR end "${address} + ${size}" OUTPUT_FORMAT HEXADECIMAL)
    target_link_options(${target} PRIVATE LINKER:--defsym=ringlet_${symbol}_end=${end})
  endif()
endfunction()
