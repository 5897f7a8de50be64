# Cross build for the Cortex-M boards that QEMU has; their tests run by qemu-system-arm. RINGLET_MCU chooses the
# processor and with it the boards.
#
# Optimised builds are -O2: what -O3 adds is mostly size, which flash has little of.
#
# Helium is compiled by clang: gcc 12 puts predicates through general registers and miscompiles stores. Everything is
# linked by gcc's driver, which knows newlib's variants.
set(RINGLET_MCU cortex-m55 CACHE STRING
    "cortex-m4, cortex-m7, cortex-m33 or cortex-m55; without a float unit cortex-m0plus, cortex-m3, cortex-m23 or cortex-m33-nofpu")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RINGLET_MCU)
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${RINGLET_MCU})
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program needs the start-up code of ports/cortex-m

if(RINGLET_MCU STREQUAL "cortex-m55")
  set(target "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard")
elseif(RINGLET_MCU STREQUAL "cortex-m33")
  set(target "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16")
elseif(RINGLET_MCU STREQUAL "cortex-m7")
  set(target "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16")
elseif(RINGLET_MCU STREQUAL "cortex-m4")
  set(target "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
# Without a float unit.
elseif(RINGLET_MCU STREQUAL "cortex-m33-nofpu")
  set(target "-mcpu=cortex-m33 -mthumb -mfloat-abi=soft")
elseif(RINGLET_MCU STREQUAL "cortex-m23")
  set(target "-mcpu=cortex-m23 -mthumb -mfloat-abi=soft")
elseif(RINGLET_MCU MATCHES "^cortex-m(3|0plus)$")
  set(target "-mcpu=${RINGLET_MCU} -mthumb -mfloat-abi=soft")
else()
  message(FATAL_ERROR "RINGLET_MCU is ${RINGLET_MCU}; it can be cortex-m4, cortex-m7, cortex-m33 or cortex-m55, or without "
    "a float unit cortex-m0plus, cortex-m3, cortex-m23 or cortex-m33-nofpu")
endif()

include(${CMAKE_CURRENT_LIST_DIR}/../ports/bare-metal/boards.cmake)
ringlet_find_boards()

set(flags "${target} -ffunction-sections -fdata-sections")
if(RINGLET_MCU STREQUAL "cortex-m55")
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    message(FATAL_ERROR "no link-time optimisation for the cortex-m55: clang compiles, and gcc, which links, cannot read its objects")
  endif()
  # What is worth vectorising or unrolling is written so in the kernels; elsewhere it costs flash.
  string(APPEND flags " -fno-vectorize -fno-slp-vectorize -fno-unroll-loops")
  # int32_t is long for gcc and int for clang, which C++ tells apart in the names of functions. An application that gcc
  # compiles has to find them in this library.
  string(APPEND flags " -Wno-builtin-macro-redefined -U__INT32_TYPE__ -U__UINT32_TYPE__"
    " \"-D__INT32_TYPE__=long int\" \"-D__UINT32_TYPE__=long unsigned int\"")
  set(CMAKE_C_COMPILER clang-19)
  set(CMAKE_CXX_COMPILER clang++-19)
  # gcc's and newlib's headers, but for what belongs to the compiler itself.
  separate_arguments(target_list UNIX_COMMAND "${target}")
  execute_process(COMMAND arm-none-eabi-g++ ${target_list} -E -v -x c++ /dev/null
    ERROR_VARIABLE search OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE ".*search starts here:\n(.*)\nEnd of search list.*" "\\1" search "${search}")
  string(REGEX MATCHALL "[^ \n]+" search "${search}")
  string(APPEND flags " --target=thumbv8.1m.main-none-eabihf -fshort-enums -nostdlibinc")
  foreach(folder IN LISTS search)
    get_filename_component(folder ${folder} REALPATH)
    if(NOT folder MATCHES "/lib/gcc/")
      string(APPEND flags " -isystem ${folder}")
    endif()
  endforeach()
else()
  set(CMAKE_C_COMPILER arm-none-eabi-gcc)
  set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
endif()
set(CMAKE_AR arm-none-eabi-ar CACHE STRING "")
set(CMAKE_RANLIB arm-none-eabi-ranlib CACHE STRING "")
set(CMAKE_NM arm-none-eabi-nm CACHE STRING "")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags}")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "")
if(RINGLET_MCU STREQUAL "cortex-m55")  # clang's -Oz is what gcc calls -Os
  set(CMAKE_C_FLAGS_MINSIZEREL "-Oz -DNDEBUG" CACHE STRING "")
  set(CMAKE_CXX_FLAGS_MINSIZEREL "-Oz -DNDEBUG" CACHE STRING "")
endif()
foreach(language IN ITEMS C CXX)
  set(CMAKE_${language}_LINK_EXECUTABLE
    "arm-none-eabi-g++ ${target} --specs=nano.specs <CMAKE_${language}_LINK_FLAGS> <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
  set(CMAKE_EXECUTABLE_SUFFIX_${language} .elf)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
