# Header-only libraries are the same for every processor, but a cross compiler does not look into the
# host's /usr/include, and must not. ringlet_header_only(target header-folder …) gives a target a folder
# that holds links to just those headers.
set(RINGLET_HEADER_ONLY_ROOT /usr/include CACHE PATH "Where FlatBuffers, CLI11 and nlohmann-json are installed")
function(ringlet_header_only target scope)
  foreach(folder IN LISTS ARGN)
    if(NOT EXISTS ${RINGLET_HEADER_ONLY_ROOT}/${folder})
      message(FATAL_ERROR "${RINGLET_HEADER_ONLY_ROOT}/${folder} is missing: run tools/setup")
    endif()
    set(links ${PROJECT_BINARY_DIR}/header-only/${folder})
    file(MAKE_DIRECTORY ${links})
    file(CREATE_LINK ${RINGLET_HEADER_ONLY_ROOT}/${folder} ${links}/${folder} SYMBOLIC)
    target_include_directories(${target} SYSTEM ${scope} ${links})
  endforeach()
endfunction()

# Sources that use a library if it is there for the target, and are told so by a macro. In a cross build its headers are those of
# RINGLET_PACKAGE_ROOT, after the compiler's own.
function(ringlet_optional_source macro)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_DEFINITIONS ${macro})
  if(CMAKE_CROSSCOMPILING AND RINGLET_PACKAGE_ROOT)
    file(GLOB folders ${RINGLET_PACKAGE_ROOT}/usr/include/*-linux-gnu*)
    list(TRANSFORM folders PREPEND -idirafter)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
      COMPILE_OPTIONS "-idirafter${RINGLET_PACKAGE_ROOT}/usr/include;${folders}")
  endif()
endfunction()
