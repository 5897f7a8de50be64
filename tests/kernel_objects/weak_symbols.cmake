# Fails when an object file of the kernels defines a weak symbol: a function or variable that other object
# files may define too. The linker keeps one of them for all, which could bring instructions that the
# processor lacks into the baseline (runtime/kernels/simd/README.md, Rules).
#   cmake -DNM=nm "-DOBJECTS=a.o|b.o" -P weak_symbols.cmake
string(REPLACE "|" ";" objects "${OBJECTS}")
if(objects STREQUAL "")
  message(FATAL_ERROR "no object files were given")
endif()

set(weak)
foreach(object IN LISTS objects)
  execute_process(COMMAND ${NM} -P --defined-only ${object} OUTPUT_VARIABLE defined RESULT_VARIABLE failed)
  string(REGEX MATCHALL "[^\n]+" lines "${defined}")
  if(failed OR NOT defined MATCHES "(^|\n)[^ ]+ [TDR]( |\n|$)")
    message(FATAL_ERROR "${NM} finds no symbol in ${object}")
  endif()
  foreach(line IN LISTS lines)
    if(line MATCHES "^([^ ]+) [wWvVu]( |$)")
      list(APPEND weak "${CMAKE_MATCH_1} in ${object}")
    endif()
  endforeach()
endforeach()

if(weak)
  list(JOIN weak "\n  " listed)
  message(FATAL_ERROR "weak symbols; give these internal linkage or mark them always-inline:\n  ${listed}")
endif()
