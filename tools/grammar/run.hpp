// What ringlet-grammar does.
#pragma once

#include "command_line.hpp"

namespace ringlet::grammar {

/// Compiles the source, or the lists, and answers what was asked. Returns the exit status: 1 if a
/// text of
/// --check is not allowed. Throws port::Failure with one sentence.
[[nodiscard]] int run(const CommandLine& line);

}  // namespace ringlet::grammar
