# Fails when the archive refers to anything outside itself that is not on the list: no allocation, no
# exceptions, no runtime type information, no stdio, no operating system.
#   cmake -DNM=nm -DARCHIVE=libringlet.a [-DSOFT_FLOAT=ON] [-DHARDENED=ON] -P undefined_references.cmake
set(allowed
  memcpy memset memmove memcmp memchr        # every toolchain has them, with or without an OS
  strlen strncmp                             # FlatBuffers compares the file identifier
  _GLOBAL_OFFSET_TABLE_                      # position-independent code
  __cpu_model                                # what an x86 processor can do; the compiler's own library asks it
  __aeabi_memcpy __aeabi_memcpy4 __aeabi_memcpy8 __aeabi_memmove __aeabi_memmove4 __aeabi_memmove8
  __aeabi_memset __aeabi_memset4 __aeabi_memset8 __aeabi_memclr __aeabi_memclr4 __aeabi_memclr8
  __aeabi_uldivmod __aeabi_ldivmod           # 64-bit division on 32-bit ARM
  __aeabi_ul2f __aeabi_l2f __aeabi_ul2d __aeabi_l2d __aeabi_f2ulz __aeabi_f2lz __aeabi_d2ulz
  __clzdi2 __clzsi2                          # counted zeros, for which few RISC-V processors have an instruction
  __udivdi3 __divdi3 __ashldi3 __ashrdi3 __lshrdi3 __floatdisf __floatundisf __fixsfdi __fixunssfdi  # 64 bits on 32-bit RISC-V
  __aeabi_llsl __aeabi_llsr __aeabi_lasr __aeabi_uidiv __aeabi_idiv __aeabi_uidivmod __aeabi_idivmod)
if(HARDENED)  # canaries, of which Linux's C library has the rest (toolchains/hardening.cmake)
  list(APPEND allowed __stack_chk_fail __stack_chk_guard)
endif()
if(SOFT_FLOAT)  # a core without a float unit
  list(APPEND allowed sqrtf __aeabi_fadd __aeabi_fsub __aeabi_fmul __aeabi_fdiv __aeabi_i2f __aeabi_ui2f __aeabi_f2iz
    __aeabi_f2uiz __aeabi_fcmpeq __aeabi_fcmpge __aeabi_fcmpgt __aeabi_fcmple __aeabi_fcmplt __aeabi_fcmpun
    __aeabi_f2h __aeabi_h2f __gnu_h2f_ieee __aeabi_lmul
    __addsf3 __subsf3 __mulsf3 __divsf3 __floatsisf __floatunsisf __fixsfsi __fixunssfsi __eqsf2 __nesf2 __gesf2 __gtsf2
    __lesf2 __ltsf2 __unordsf2               # RISC-V's names of these
    __gnu_thumb1_case_sqi __gnu_thumb1_case_uqi __gnu_thumb1_case_shi __gnu_thumb1_case_uhi __gnu_thumb1_case_si)  # switches of Armv6-M and Armv8-M Baseline
endif()

execute_process(COMMAND ${NM} -P --undefined-only ${ARCHIVE} OUTPUT_VARIABLE undefined RESULT_VARIABLE failed)
if(failed OR undefined STREQUAL "")
  message(FATAL_ERROR "${NM} cannot read ${ARCHIVE}")
endif()
execute_process(COMMAND ${NM} -P --defined-only --extern-only ${ARCHIVE} OUTPUT_VARIABLE defined)

function(names_of text out)
  string(REGEX MATCHALL "[^\n]+" lines "${text}")
  set(names)
  foreach(line IN LISTS lines)
    if(line MATCHES "^([^ ]+) [A-Za-z]( |$)")
      list(APPEND names ${CMAKE_MATCH_1})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${out} ${names} PARENT_SCOPE)
endfunction()
names_of("${undefined}" wanted)
names_of("${defined}" own)

list(LENGTH own own_count)
if(own_count LESS 20)
  message(FATAL_ERROR "only ${own_count} symbols found in ${ARCHIVE}: the output of nm is not understood")
endif()
list(REMOVE_ITEM wanted ${own} ${allowed})
if(wanted)
  list(JOIN wanted "\n  " listed)
  message(FATAL_ERROR "the library refers to symbols that are not on the list:\n  ${listed}")
endif()
