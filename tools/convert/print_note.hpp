// Lines for the person at the terminal.
#pragma once

namespace ringlet::convert {

/// Prints to standard error what printf would. Control characters of names and texts from a source
/// are shown as "\x1b", so that they do not act on a terminal.
[[gnu::format(printf, 1, 2)]] void print_note(const char* format, ...);

}  // namespace ringlet::convert
