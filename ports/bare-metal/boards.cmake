# A board is a folder ports/PORT/boards/NAME:
#   memory.ld    its regions of memory
#   board.cmake  sets `processors`, the values of CMAKE_SYSTEM_PROCESSOR for which its images are built, and, where the board
#                has a console of its own, `console`, sources of the folder with write(), read() and exit() of board.hpp;
#                otherwise all are semihosting's
#   qemu         the options by which QEMU emulates the board, after the emulator's name if it is not qemu-system-aarch64;
#                without this file its images are built and not run

get_filename_component(RINGLET_PORTS ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)

# The folder of a board.
function(ringlet_board_folder board out)
  file(GLOB folder ${RINGLET_PORTS}/*/boards/${board})
  list(LENGTH folder count)
  if(count GREATER 1)
    message(FATAL_ERROR "the board '${board}' is in several ports: ${folder}; rename all but one")
  endif()
  if(NOT EXISTS "${folder}/board.cmake")
    message(FATAL_ERROR "there is no board '${board}': ports/PORT/boards/${board} with a board.cmake is missing")
  endif()
  set(${out} ${folder} PARENT_SCOPE)
endfunction()

# Whether QEMU has a board, so that its images can be run here.
function(ringlet_board_is_emulated board out)
  ringlet_board_folder(${board} folder)
  set(emulated OFF)
  if(EXISTS ${folder}/qemu)
    set(emulated ON)
  endif()
  set(${out} ${emulated} PARENT_SCOPE)
endfunction()

# RINGLET_BOARDS: the boards of the processor that is compiled for; or those of them that a user gives to this variable.
function(ringlet_find_boards)
  file(GLOB descriptions ${RINGLET_PORTS}/*/boards/*/board.cmake)
  set(boards)
  foreach(description IN LISTS descriptions)
    set(processors)
    include(${description})
    if(CMAKE_SYSTEM_PROCESSOR IN_LIST processors)
      get_filename_component(folder ${description} DIRECTORY)
      get_filename_component(board ${folder} NAME)
      list(APPEND boards ${board})
    endif()
  endforeach()
  foreach(board IN LISTS RINGLET_BOARDS)
    if(NOT board IN_LIST boards)
      message(FATAL_ERROR "RINGLET_BOARDS: '${board}' is not one of the boards of ${CMAKE_SYSTEM_PROCESSOR}: ${boards}")
    endif()
  endforeach()
  if(NOT RINGLET_BOARDS)
    set(RINGLET_BOARDS ${boards} PARENT_SCOPE)
  endif()
endfunction()
