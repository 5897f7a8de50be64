// How the programs end where no exception can tell what happened: one line on standard error, exit
// status 1, and no unfinished output files.
#pragma once

#include <string_view>

namespace ringlet::port {

/// Ends the program with `line` when a mapped file turns out shorter than it was, or its medium
/// fails. `line` must live as long as the program.
void report_bus_errors(std::string_view line) noexcept;

/// Ends the program with `line` when `new` has no memory to give. std::bad_alloc would not always
/// arrive: destructors allocate too (those of JSON documents do), and streams swallow it and leave
/// out what they could not write. `line` must live as long as the program.
void report_exhausted_memory(std::string_view line) noexcept;

}  // namespace ringlet::port
