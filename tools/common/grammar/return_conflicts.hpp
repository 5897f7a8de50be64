// Where an automaton could both read on and return with the same byte.
#pragma once

#include "grammar/subset_construction.hpp"

namespace ringlet::grammar {

/// A state that returns prefers its own edges. If a byte that one of them takes is also taken after
/// the return, the calls that lead there must be followed in place; this marks them. Returns
/// whether it found any that was not marked.
[[nodiscard]] bool mark_conflicts(const Constructed& constructed, InPlace& in_place);

}  // namespace ringlet::grammar
