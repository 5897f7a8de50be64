// What a grammar was compiled to, for a person.
#pragma once

#include <cstddef>
#include <string>

#include "grammar/automaton.hpp"

namespace ringlet::grammar {

/// A few lines. `file_bytes` is the size of the file.
[[nodiscard]] std::string explain(const Automaton& automaton, std::size_t file_bytes);

}  // namespace ringlet::grammar
