# The schema once more, in a namespace of its own and with FlatBuffers' object API, so that tests can take
# tables apart and put wrong ones together. The library never sees it.
file(READ ${PROJECT_SOURCE_DIR}/schema/ringlet.fbs schema_text)
string(REPLACE "namespace ringlet.schema;" "namespace ringlet.test_schema;" schema_text "${schema_text}")
set(editable_folder ${CMAKE_CURRENT_BINARY_DIR}/editable)
file(CONFIGURE OUTPUT ${editable_folder}/editable.fbs CONTENT "${schema_text}" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/schema/ringlet.fbs)
add_custom_command(
  OUTPUT ${editable_folder}/editable_generated.h
  COMMAND ${RINGLET_FLATC} --cpp --scoped-enums --gen-object-api --reflect-types -o ${editable_folder}
          ${editable_folder}/editable.fbs
  DEPENDS ${editable_folder}/editable.fbs VERBATIM)
add_custom_target(ringlet_editable_schema_generated DEPENDS ${editable_folder}/editable_generated.h)
add_library(ringlet_editable_schema INTERFACE)
add_dependencies(ringlet_editable_schema ringlet_editable_schema_generated)
target_include_directories(ringlet_editable_schema SYSTEM INTERFACE ${editable_folder})
