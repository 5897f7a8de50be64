# Runs an image on its board and compares what happens with what is expected.
#   cmake -DBOARD=virt -DIMAGE=image.elf -DOUTCOME=passes|fails|faults|lacks|exhausts|overflows|empty -P run_image.cmake
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../../toolchains/run-on-board ${BOARD} ${IMAGE}
  OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
message("${output}")

set(passes_status 0)
set(passes_output "[1-9][0-9]* tests passed, 0 failed")
set(fails_status 1)
set(fails_output "fails.cpp:[0-9]+: two == 3: 2 and 3 with a message 7.*1 tests passed, 1 failed")
set(faults_status 125)
set(faults_output "fault: (CFSR|ESR|MCAUSE) [0-9A-F]+, (HFSR|FAR|MTVAL) [0-9A-F]+, at [0-9A-F]+")
set(lacks_status 125)
set(lacks_output "fault: (CFSR|MCAUSE) [0-9A-F]+, (HFSR|MTVAL) [0-9A-F]+, at [0-9A-F]+\nthe image uses a float unit[^\n]*: build it for a RINGLET_MCU without one")
# Of a stack, whether a limit register or the paint tells.
set(exhausts_status 125)
set(exhausts_output "the stack (is too small|has used all of its [0-9,]+ bytes)[^\n]*: give it more by stack_size")
set(overflows_status 125)
set(overflows_output "fault: (CFSR|MCAUSE) [0-9A-F]+, (HFSR|MTVAL) [0-9A-F]+, at [0-9A-F]+\n.*${exhausts_output}")
set(empty_status 1)
set(empty_output "0 tests passed, 0 failed")
if(NOT status EQUAL ${OUTCOME}_status)
  message(FATAL_ERROR "the image ended with status ${status}, not ${${OUTCOME}_status}")
endif()
if(NOT output MATCHES "${${OUTCOME}_output}")
  message(FATAL_ERROR "the image did not print: ${${OUTCOME}_output}")
endif()
