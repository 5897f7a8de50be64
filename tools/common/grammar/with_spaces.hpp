// The states that read the spaces which a model writes and which are no part of the text.
#pragma once

#include "grammar/automaton.hpp"

namespace ringlet::grammar {

/// An automaton over what a model writes: in front of each spaced list or span it has a state that
/// reads one space. The states before and after keep their order, so that each state still comes
/// before those that follow it.
[[nodiscard]] Automaton with_spaces(const Automaton& automaton);

}  // namespace ringlet::grammar
