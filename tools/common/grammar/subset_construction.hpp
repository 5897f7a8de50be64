// From a grammar that is written out to a deterministic automaton, by subset construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "grammar/automaton.hpp"
#include "grammar/grammar.hpp"

namespace ringlet::grammar {

/// Which call nodes of a grammar are followed in place; the others push a state to return to.
using InPlace = std::vector<bool>;

/// What one construction made. An edge pushes in the order of its calls.
struct Constructed {
  struct Call {
    std::vector<NodeId> nodes;  // the call nodes that it stands for
  };
  Automaton automaton;  // depth is not set; states can be unreachable or equivalent
  std::vector<Call> calls;
  /// For each state and edge the call that made each of its pushes.
  std::vector<std::vector<std::vector<std::uint32_t>>> push_calls;
};

/// Steps that all constructions of one grammar may take together.
struct Effort {
  std::uint64_t left = 30'000'000;
};

/// Each state is a set of places in the grammar. Calls of one rule from a state become one call,
/// whose return state is the set of the places after them. Where a call and something else begin
/// with the same byte, the call is followed in place in this state.
///
/// Throws port::Failure if the states or the effort exceed their limits, or if a list or span is
/// not alone where it begins.
[[nodiscard]] Constructed construct(const Grammar& grammar, const InPlace& in_place,
                                    Effort& effort);

}  // namespace ringlet::grammar
