// Notes for the person at the terminal.
#pragma once

namespace ringlet::convert {

/// Prints to standard error like printf. Control characters in names and texts of a source are
/// written as "\x1b", so that they do not affect a terminal.
[[gnu::format(printf, 1, 2)]] void print_note(const char* format, ...);

}  // namespace ringlet::convert
