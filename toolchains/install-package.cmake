# What `cmake --install` puts where: library and headers, a package for find_package(ringlet) with ringlet_add_model(),
# a pkg-config file, licences and a bill of materials; and from a build for boards their start-up code and toolchain file.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/ringlet)

install(TARGETS ringlet EXPORT ringlet-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY runtime/include/ringlet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
if(TARGET ringlet_linux)
  install(TARGETS ringlet_linux EXPORT ringlet-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(DIRECTORY ports/linux/include/ringlet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
endif()
install(EXPORT ringlet-targets NAMESPACE ringlet:: DESTINATION ${package} COMPONENT development)
configure_package_config_file(toolchains/ringlet-config.cmake.in ${PROJECT_BINARY_DIR}/package/ringlet-config.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/ringlet-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/ringlet-config.cmake
              ${PROJECT_BINARY_DIR}/package/ringlet-config-version.cmake
              toolchains/add-model.cmake toolchains/model.h.in toolchains/model.cpp.in
  DESTINATION ${package} COMPONENT development)
# Relative to the file, because the prefix may be chosen when it is installed.
file(RELATIVE_PATH RINGLET_PREFIX_FROM_PC /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
set(pkgconfig_files ringlet)
if(TARGET ringlet_linux)
  list(APPEND pkgconfig_files ringlet-linux)
endif()
foreach(name IN LISTS pkgconfig_files)
  configure_file(toolchains/${name}.pc.in ${PROJECT_BINARY_DIR}/package/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT local)
endforeach()
include(spdx)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT local)  # Debian has it in /usr/share/common-licenses
install(FILES NOTICE SECURITY.md ${PROJECT_BINARY_DIR}/package/ringlet.spdx.json
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs)
if(RINGLET_BOARDS)
  install(DIRECTORY ports/bare-metal ports/cortex-m ports/aarch64 ports/riscv DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlet/ports)
  install(FILES ${CMAKE_TOOLCHAIN_FILE} DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlet/toolchains)
  install(PROGRAMS toolchains/run-on-board DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlet/toolchains)
endif()
