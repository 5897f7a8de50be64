# `cpack` makes the packages of Debian, where the build is for Linux: `ringlet` with the programs, their manual pages and
# completions, and `libringlet-dev`. Manual pages and completions are made from the help texts of the programs.
find_package(Python3 COMPONENTS Interpreter)
find_program(RINGLET_GZIP gzip)
if(NOT Python3_FOUND OR NOT RINGLET_GZIP)
  return()
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(files ${PROJECT_BINARY_DIR}/package)
set(source ${CMAKE_CURRENT_SOURCE_DIR}/toolchains/package)

# What the programs say of themselves.
set(programs)
foreach(program IN ITEMS ringlet_program ringlet-convert ringlet-grammar)
  if(TARGET ${program})
    list(APPEND programs ${program})
  endif()
endforeach()
list(TRANSFORM programs REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE program_files)
add_custom_command(OUTPUT ${files}/help.stamp
  COMMAND ${Python3_EXECUTABLE} -B ${source}/write_files.py --version "ringlet ${PROJECT_VERSION}" --folder ${files}
          "--emulator=${CMAKE_CROSSCOMPILING_EMULATOR}" ${program_files}
  COMMAND ${CMAKE_COMMAND} -E touch ${files}/help.stamp
  DEPENDS ${programs} ${source}/write_files.py ${source}/program_help.py ${source}/man_pages.py ${source}/completions.py
  COMMENT "Manual pages and completions" VERBATIM)
install(DIRECTORY ${files}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT programs OPTIONAL)
install(DIRECTORY ${files}/bash/ DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT programs OPTIONAL)
install(DIRECTORY ${files}/fish/ DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT programs OPTIONAL)

# What Debian asks of a package. SOURCE_DATE_EPOCH, where it is set, makes the files reproducible.
string(TIMESTAMP debian_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(CPACK_PACKAGE_CONTACT "Ringlet maintainers <maintainers@ringlet.invalid>")
set(compressed)
file(READ ${CMAKE_CURRENT_SOURCE_DIR}/NOTICE notice)
string(STRIP "${notice}" notice)
configure_file(${source}/copyright.in ${files}/copyright @ONLY)
foreach(package IN ITEMS ringlet libringlet-dev)
  set(debian_package ${package})
  configure_file(${source}/changelog.in ${files}/${package}/changelog.Debian @ONLY)
  add_custom_command(OUTPUT ${files}/${package}/changelog.Debian.gz ${files}/${package}/changelog.gz
    COMMAND ${RINGLET_GZIP} -9nc ${files}/${package}/changelog.Debian > ${files}/${package}/changelog.Debian.gz
    COMMAND ${RINGLET_GZIP} -9nc ${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md > ${files}/${package}/changelog.gz
    DEPENDS ${files}/${package}/changelog.Debian ${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md VERBATIM)
  list(APPEND compressed ${files}/${package}/changelog.Debian.gz)
  set(component programs)
  if(package STREQUAL "libringlet-dev")
    set(component development)
  endif()
  configure_file(${source}/lintian-overrides.in ${files}/lintian/${package} @ONLY)
  install(FILES ${files}/lintian/${package} DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
    COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${files}/copyright ${files}/${package}/changelog.Debian.gz ${files}/${package}/changelog.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
add_custom_target(ringlet_package_files ALL DEPENDS ${files}/help.stamp ${compressed})

# Debian looks for these files in a folder of the processor.
set(folder lib/${CMAKE_LIBRARY_ARCHITECTURE}/pkgconfig)
file(RELATIVE_PATH RINGLET_PREFIX_FROM_PC /prefix/${folder} /prefix)
foreach(name IN LISTS pkgconfig_files)
  configure_file(toolchains/${name}.pc.in ${files}/libringlet-dev/${name}.pc @ONLY)
  install(FILES ${files}/libringlet-dev/${name}.pc DESTINATION ${folder} COMPONENT development EXCLUDE_FROM_ALL)
endforeach()

# Units of the server name the program where an administrator installs it; a package has it in /usr/bin.
set(units)
if(TARGET ringlet_sockets)
  file(GLOB units CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/ports/linux/serve/systemd/*.service)
endif()
foreach(unit IN LISTS units)
  get_filename_component(name ${unit} NAME)
  install(FILES ${unit} DESTINATION lib/systemd/system COMPONENT local)
  file(READ ${unit} text)
  string(REPLACE "/usr/local/bin/" "/usr/bin/" text "${text}")
  file(CONFIGURE OUTPUT ${files}/systemd/${name} CONTENT "${text}" @ONLY)
  install(FILES ${files}/systemd/${name} DESTINATION lib/systemd/system COMPONENT programs EXCLUDE_FROM_ALL)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ringlet)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "run language models in a fixed amount of memory")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL programs development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME ringlet)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION utils)
# `ringlet pull` loads these when it runs.
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS "libcurl4, libssl3, ca-certificates")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION "Ringlet runs language models on small machines. Its memory is one number that
is known before it runs, it generates without end, and it computes the same
bits on every processor. This package has the programs and a small model.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libringlet-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "ringlet (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Ringlet runs language models on small machines, in memory that an application
plans and provides. This package has the static libraries, the headers for C
and C++, and the files of CMake and pkg-config.")
if(CMAKE_CROSSCOMPILING)
  # dpkg-shlibdeps knows the packages of this machine only; these are those of Debian 12.
  set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS "libc6 (>= 2.34), libgcc-s1 (>= 3.5), libstdc++6 (>= 12)")
  if(RINGLET_PACKAGE_ROOT)
    string(APPEND CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS ", libedit2 (>= 3.1), libsodium23 (>= 1.0.14), libyaml-cpp0.7 (>= 0.7.0)")
  endif()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^armv7")
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE armhf)
  endif()
else()
  set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)
