// Checks a grammar once, for everything that later code relies on.
#pragma once

#include "ringlet/status.hpp"
#include "schema/grammar_generated.h"

namespace ringlet {

/// Checks every index, the order of edges, and the flags of states. The structure of the tables
/// must have been checked.
Status verify_grammar(const schema::Grammar& grammar) noexcept;

}  // namespace ringlet
