// Ends a program when no exception can report the problem: one line on standard error, exit status
// 1, and no unfinished output files.
#pragma once

#include <string_view>

namespace ringlet::common {

/// Ends the program with `line` if a mapped file becomes shorter or its medium fails. `line` must
/// live as long as the program.
void report_bus_errors(std::string_view line) noexcept;

/// Ends the program with `line` if `new` runs out of memory. std::bad_alloc would not always
/// arrive: destructors allocate too (those of JSON documents do), and streams swallow it and omit
/// output. `line` must live as long as the program.
void report_exhausted_memory(std::string_view line) noexcept;

}  // namespace ringlet::common
