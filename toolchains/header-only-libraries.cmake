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
