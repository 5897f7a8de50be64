// Makes an automaton smaller without changing what it accepts.
#pragma once

#include "grammar/automaton.hpp"

namespace ringlet::grammar {

/// Removes states that cannot be reached, returns at once where nothing is left to do, and merges
/// states that behave alike. State 0 stays the start.
void minimize(Automaton& automaton);

}  // namespace ringlet::grammar
