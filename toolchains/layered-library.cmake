# A static library that sees the headers of the libraries it names, and no others. Each library offers its headers
# through a folder that holds links to them alone, so a wrong include does not build.
#
#   ringlet_layered_library(target PREFIX folder SOURCES file… USES library…)
#
# The headers of the current source folder are included as "folder/name.hpp", here and by whatever links the library.
function(ringlet_layered_library target)
  cmake_parse_arguments(PARSE_ARGV 1 library "" "PREFIX" "SOURCES;USES")
  add_library(${target} STATIC ${library_SOURCES})
  set(root ${CMAKE_CURRENT_BINARY_DIR}/headers)
  file(REMOVE_RECURSE ${root})
  file(MAKE_DIRECTORY ${root}/${library_PREFIX})
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.hpp)
  foreach(header IN LISTS headers)
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${header} ${root}/${library_PREFIX}/${header} SYMBOLIC)
  endforeach()
  target_include_directories(${target} PUBLIC ${root})
  target_link_libraries(${target} PUBLIC ${library_USES} PRIVATE ringlet_compile_options)
  if(CMAKE_SIZEOF_VOID_P EQUAL 4)
    # Sizes here are those of mapped files, and so of this address space; 64-bit builds check the conversions.
    set_target_properties(${target} PROPERTIES RINGLET_SIZES_ARE_CHECKED_ELSEWHERE ON)
  endif()
endfunction()
