# Models in the image of a program.
#
#   ringlet_add_model(TARGET MODEL [NAME name] [SECTION name] [ADDRESS address]
#                     [CONTEXT n] [SINKS n] [KV format] [HOT_WINDOW n] [PREFILL_CHUNK n] [LONGEST_WORD n]
#                     [LOOKUP] [DRAFT_TOKENS n] [PREFIX prompt|PREFIX_FILE file [PREFIX_ADDRESS address]]
#                     [GRAMMAR file… [LISTS file] [SPAN_BYTES n]])
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
# restore(). PREFIX_FILE is the same with a prefix that the build has made itself, for example of control tokens; its
# settings are those of the plan where no others are given.
#
# With GRAMMAR the plan has memory for a GrammarState with ringlet_grammar_options_NAME(), and the section also has the
# grammar FILE between ringlet_grammar_NAME_FILE and ringlet_grammar_NAME_FILE_end: a file of `ringlet-grammar`, or a JSON
# Schema (*.json) or GBNF (*.gbnf), which the build compiles. Several grammars are used one after another, in the memory
# that the largest needs. The model file must have a trie of tokens (`ringlet-convert --token-trie`). With LISTS the section
# has the words that the grammars read, between ringlet_words_NAME and ringlet_words_NAME_end: a file of `ringlet-grammar`,
# or JSON. SPAN_BYTES is the length of the longest text of which a grammar takes pieces. With DRAFT_TOKENS there is also
# room for drafts of what a grammar forces (ringlet/forced_draft.hpp).
#
# RINGLET_PROGRAM is the program `ringlet` for the build machine; RINGLET_GRAMMAR_PROGRAM is `ringlet-grammar`, by default
# the one in the same folder.
set(RINGLET_ADD_MODEL_FOLDER ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")
function(ringlet_add_model target model)
  set(plan_options CONTEXT SINKS KV HOT_WINDOW PREFILL_CHUNK LONGEST_WORD)
  cmake_parse_arguments(PARSE_ARGV 2 arg "LOOKUP"
    "NAME;SECTION;ADDRESS;PREFIX;PREFIX_FILE;PREFIX_ADDRESS;DRAFT_TOKENS;LISTS;SPAN_BYTES;${plan_options}" "GRAMMAR")
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
  elseif(DEFINED arg_PREFIX_FILE)
    get_filename_component(prefix ${arg_PREFIX_FILE} ABSOLUTE)
  endif()
  if(prefix)
    # The plan takes the sinks from the prefix.
    list(APPEND options --prefix ${prefix})
    ringlet_place(${target} prefix_${name} ${prefix} ${arg_SECTION} "${arg_PREFIX_ADDRESS}" "")
  endif()
  set(lists)
  set(grammars)
  set(grammar_symbols)
  if(NOT DEFINED arg_GRAMMAR AND (DEFINED arg_LISTS OR DEFINED arg_SPAN_BYTES))
    message(FATAL_ERROR "ringlet_add_model: LISTS and SPAN_BYTES need a GRAMMAR")
  endif()
  if(DEFINED arg_LISTS)
    ringlet_grammar_file(${arg_LISTS} ${folder}/${name}.words lists --lists)
    ringlet_place(${target} words_${name} ${lists} ${arg_SECTION} "" "")
    list(APPEND options --lists ${lists})
    string(APPEND grammar_symbols "\nextern const unsigned char ringlet_words_${name}[];"
           "\nextern const unsigned char ringlet_words_${name}_end[];")
  endif()
  foreach(file IN LISTS arg_GRAMMAR)
    get_filename_component(stem ${file} NAME_WE)
    if(NOT stem MATCHES "^[A-Za-z0-9_]+$")
      message(FATAL_ERROR "ringlet_add_model: '${stem}' cannot be part of an identifier; give the grammar another name")
    endif()
    ringlet_grammar_file(${file} ${folder}/${name}_${stem}.rglg grammar)
    ringlet_place(${target} grammar_${name}_${stem} ${grammar} ${arg_SECTION} "" "")
    list(APPEND grammars ${grammar})
    list(APPEND options --grammar ${grammar})
    string(APPEND grammar_symbols "\nextern const unsigned char ringlet_grammar_${name}_${stem}[];"
           "\nextern const unsigned char ringlet_grammar_${name}_${stem}_end[];")
  endforeach()
  if(DEFINED arg_SPAN_BYTES)
    list(APPEND options --span-bytes ${arg_SPAN_BYTES})
  endif()
  # What a grammar forces is drafted only where it is asked for.
  if(grammars AND NOT arg_LOOKUP AND NOT DEFINED arg_DRAFT_TOKENS)
    set(arg_DRAFT_TOKENS 0)
  endif()
  if(arg_LOOKUP)
    list(APPEND options --lookup)
  endif()
  if(DEFINED arg_DRAFT_TOKENS)
    list(APPEND options --draft-tokens ${arg_DRAFT_TOKENS})
  endif()
  add_custom_command(OUTPUT ${folder}/${name}_plan.h
    COMMAND ${RINGLET_PROGRAM} plan ${model} ${options} --name ${name} --header ${folder}/${name}_plan.h > ${folder}/${name}_plan.txt
    DEPENDS ${model} ${prefix} ${grammars} ${lists} ${program} VERBATIM)

  # By port::build_token_trie, into memory of the plan.
  set(can_build_tries 0)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(can_build_tries 1)
  endif()
  configure_file(${RINGLET_ADD_MODEL_FOLDER}/model.h.in ${folder}/${name}.h @ONLY)
  target_sources(${target} PRIVATE ${folder}/${name}_plan.h)
  target_include_directories(${target} PRIVATE ${folder})
  set(size 0)
  if(DEFINED arg_ADDRESS)
    file(SIZE ${model} size)
  endif()
  ringlet_place(${target} model_${name} ${model} ${arg_SECTION} "${arg_ADDRESS}" ${size})
endfunction()

# Sets OUT to a file that the runtime reads: FILE, or COMPILED, which the build makes of it if it is a source.
function(ringlet_grammar_file file compiled out)
  get_filename_component(file ${file} ABSOLUTE)
  if(NOT file MATCHES "\\.(json|gbnf)$")
    set(${out} ${file} PARENT_SCOPE)
    return()
  endif()
  set(program ${RINGLET_GRAMMAR_PROGRAM})
  if(NOT program)
    get_filename_component(program ${RINGLET_PROGRAM} DIRECTORY)
    set(program ${program}/ringlet-grammar)
  endif()
  set(depends ${program})
  if(TARGET ringlet_host_programs)
    list(APPEND depends ringlet_host_programs)
  endif()
  add_custom_command(OUTPUT ${compiled} COMMAND ${program} ${ARGN} ${file} -o ${compiled} DEPENDS ${file} ${depends} VERBATIM)
  set(${out} ${compiled} PARENT_SCOPE)
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
