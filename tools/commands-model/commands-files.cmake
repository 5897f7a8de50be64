# What the commands' model needs beside its file: the compiled grammar, and a home as a flash image and as text.
set(RINGLET_COMMANDS_SOURCE ${CMAKE_CURRENT_LIST_DIR})
set(RINGLET_COMMANDS_MODEL ${CMAKE_CURRENT_LIST_DIR}/commands.ringlet)

# Makes commands.rglg, home.bin, home.prefix and home.txt in `folder`, which a target can depend on.
function(ringlet_commands_files folder)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(source ${RINGLET_COMMANDS_SOURCE})
  set(programs ${RINGLET_PROGRAM} ${RINGLET_GRAMMAR_PROGRAM})
  if(TARGET ringlet_host_programs)
    list(APPEND programs ringlet_host_programs)
  endif()
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${folder}/commands.rglg
    COMMAND ${Python3_EXECUTABLE} -B ${source}/json_schema.py > ${folder}/commands.json
    COMMAND ${RINGLET_GRAMMAR_PROGRAM} --compact ${folder}/commands.json -o ${folder}/commands.rglg
    DEPENDS ${source}/json_schema.py ${source}/schema.py ${programs} VERBATIM)
  add_custom_command(OUTPUT ${folder}/home.bin ${folder}/home.prefix
    COMMAND ${Python3_EXECUTABLE} -B ${source}/make_home.py ${source}/home.yaml --model ${RINGLET_COMMANDS_MODEL}
            --grammar ${folder}/commands.rglg --ringlet ${RINGLET_PROGRAM} --ringlet-grammar ${RINGLET_GRAMMAR_PROGRAM}
            -o ${folder}/home.bin --prefix ${folder}/home.prefix
    DEPENDS ${source}/make_home.py ${source}/home.yaml ${RINGLET_COMMANDS_MODEL} ${folder}/commands.rglg ${programs} VERBATIM)
  add_custom_command(OUTPUT ${folder}/home.txt ${folder}/home.lists
    COMMAND ${RINGLET_GRAMMAR_PROGRAM} --home ${source}/home.yaml --grammar ${folder}/commands.rglg -o ${folder}/home.lists
            --home-text ${folder}/home.txt
    DEPENDS ${source}/home.yaml ${folder}/commands.rglg ${programs} VERBATIM)
endfunction()
