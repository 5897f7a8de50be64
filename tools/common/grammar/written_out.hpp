// A grammar written out: over bytes, without recursion that needs a stack, without dead ways.
#pragma once

#include "grammar/grammar.hpp"

namespace ringlet::grammar {

/// Returns an equivalent grammar whose nodes are `end`, `split`, `bytes`, `call`, `list` and
/// `span`.
///
/// A rule that contains itself is copied for each level: at most `depth` of its copies are inside
/// each other, and what cannot end within that depth is left out. A call at the end of a rule is
/// not inside it: it repeats without limit. Every node of the result leads to an end.
///
/// Rule 0 is the start of both. Throws port::Failure with the place if a rule begins with itself,
/// if nothing satisfies the grammar, or at the limit of nodes.
[[nodiscard]] Grammar write_out(const Grammar& grammar, unsigned depth);

}  // namespace ringlet::grammar
