// How many states an automaton can have on its stack.
#pragma once

#include "grammar/automaton.hpp"

namespace ringlet::grammar {

/// The most that a file can state.
constexpr unsigned deepest_stack = 64;

/// Returns at most deepest_stack + 1, which stands for everything above the limit.
[[nodiscard]] unsigned stack_depth(const Automaton& automaton);

}  // namespace ringlet::grammar
