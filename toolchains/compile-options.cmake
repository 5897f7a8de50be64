# Options for every target of the project, as one interface target.
add_library(ringlet_compile_options INTERFACE)
target_compile_options(ringlet_compile_options INTERFACE
  # Contraction would change bits; see runtime/numerics/README.md.
  -ffp-contract=off
  -Wall -Wextra -Wpedantic -Wshadow
  "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:RINGLET_SIZES_ARE_CHECKED_ELSEWHERE>>>:-Wconversion;-Wsign-conversion>"
  $<$<BOOL:${RINGLET_WARNINGS_AS_ERRORS}>:-Werror>)
if(RINGLET_COVERAGE)
  target_compile_options(ringlet_compile_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(ringlet_compile_options INTERFACE -fprofile-instr-generate)
endif()
if(RINGLET_SANITIZE)
  target_compile_options(ringlet_compile_options INTERFACE
    -fsanitize=${RINGLET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)  # lines for reports
  target_link_options(ringlet_compile_options INTERFACE -fsanitize=${RINGLET_SANITIZE})
endif()
