#include "grammar/compile.hpp"

#include <vector>

#include "common/errors.hpp"
#include "common/format_values.hpp"
#include "grammar/minimize.hpp"
#include "grammar/return_conflicts.hpp"
#include "grammar/rule_graph.hpp"
#include "grammar/stack_depth.hpp"
#include "grammar/subset_construction.hpp"
#include "grammar/written_out.hpp"

namespace ringlet::grammar {
namespace {

/// Rules that are called once, or are small, are followed in place: a call would save nothing.
InPlace small_rules_in_place(const Grammar& grammar) {
  constexpr std::size_t worth_a_call = 12;  // nodes
  std::vector<unsigned> callers(grammar.rules().size());
  for (const Node& node : grammar.nodes()) {
    if (node.kind == Node::Kind::call) ++callers[node.value];
  }
  InPlace in_place(grammar.nodes().size());
  std::vector<bool> small(grammar.rules().size());
  for (RuleId rule = 0; rule < small.size(); ++rule) {
    small[rule] = callers[rule] < 2 || nodes_of(grammar, rule).size() < worth_a_call;
  }
  for (NodeId id = 0; id < in_place.size(); ++id) {
    const Node& node = grammar.nodes()[id];
    in_place[id] = node.kind == Node::Kind::call && small[node.value];
  }
  return in_place;
}

}  // namespace

Automaton compile(const Grammar& grammar, unsigned depth) {
  const Grammar written_out = write_out(grammar, depth);
  InPlace in_place = small_rules_in_place(written_out);
  Effort effort;
  Constructed constructed = construct(written_out, in_place, effort);
  while (mark_conflicts(constructed, in_place)) {
    constructed = construct(written_out, in_place, effort);
  }
  Automaton automaton = std::move(constructed.automaton);
  minimize(automaton);
  if (automaton.states.size() > state_limit) {
    common::fail("the grammar is too large: its automaton has ",
                 common::with_commas(automaton.states.size()), " states; a file holds at most ",
                 common::with_commas(state_limit));
  }
  automaton.depth = stack_depth(automaton);
  if (automaton.depth > deepest_stack) {
    common::fail("the grammar is too deep: its automaton needs more than ", deepest_stack,
                 " states on its stack; allow fewer levels of recursion than ", depth);
  }
  return automaton;
}

}  // namespace ringlet::grammar
