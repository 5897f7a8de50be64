#include "explain.hpp"

#include <algorithm>
#include <sstream>

#include "common/format_values.hpp"

namespace ringlet::grammar {

std::string explain(const Automaton& automaton, std::size_t file_bytes) {
  std::size_t edges = 0;
  std::size_t spans = 0;
  for (const State& state : automaton.states) {
    edges += state.edges.size();
    if (state.kind == StateKind::span) ++spans;
  }
  std::ostringstream text;
  text << "states       " << common::with_commas(automaton.states.size()) << '\n'
       << "edges        " << common::with_commas(edges) << '\n'
       << "stack depth  " << automaton.depth << '\n'
       << "file         " << common::with_commas(file_bytes) << " bytes\n";
  for (const std::string& name : automaton.lists) text << "list         " << name << '\n';
  if (spans != 0) text << "spans        " << spans << '\n';
  return text.str();
}

}  // namespace ringlet::grammar
