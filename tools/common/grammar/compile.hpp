// The back end: from a grammar to the automaton that a file holds.
#pragma once

#include <cstddef>

#include "grammar/automaton.hpp"
#include "grammar/grammar.hpp"

namespace ringlet::grammar {

/// The most states of a file.
constexpr std::size_t state_limit = 65'535;

/// How deep a rule can contain itself, unless the user says otherwise.
constexpr unsigned default_depth = 8;

/// Compiles the grammar, whose start is rule 0. A rule that contains itself does so at most `depth`
/// times. From every state of the result the text can be completed, if no list is empty. Throws
/// port::Failure with one sentence, and the place where one is known.
[[nodiscard]] Automaton compile(const Grammar& grammar, unsigned depth);

}  // namespace ringlet::grammar
