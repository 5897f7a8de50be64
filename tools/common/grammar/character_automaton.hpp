// Deterministic automata over characters: what strings are, before they are written as JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "grammar/character_set.hpp"
#include "grammar/expression.hpp"
#include "grammar/grammar.hpp"

namespace ringlet::grammar {

struct CharacterState {
  struct Edge {
    CharacterRange range;
    std::uint32_t target = 0;
  };
  bool accepts = false;
  std::vector<Edge> edges{};  // sorted and disjoint
};

/// State 0 is the start. Every state can lead to one that accepts, except the start of an empty
/// one.
struct CharacterAutomaton {
  std::vector<CharacterState> states;

  [[nodiscard]] bool accepts(std::u32string_view text) const;
  [[nodiscard]] bool empty() const { return states[0].edges.empty() && !states[0].accepts; }
};

/// The texts that an expression matches: as a whole, or with `search` somewhere in them. The
/// expression calls no rules. Throws port::Failure at the limit of states.
[[nodiscard]] CharacterAutomaton determine(const Expression& expression, bool search);

/// The texts of both. Throws port::Failure at the limit of states.
[[nodiscard]] CharacterAutomaton intersect(const CharacterAutomaton& a,
                                           const CharacterAutomaton& b);

/// How a set of characters is written: adds its nodes.
using Writing = std::function<NodeId(Grammar&, const CharacterSet&, NodeId)>;

/// Adds the nodes of an automaton, each character as `write` says.
[[nodiscard]] NodeId add_automaton(Grammar& grammar, const CharacterAutomaton& automaton,
                                   const Writing& write, NodeId next);

}  // namespace ringlet::grammar
