#include "grammar/with_spaces.hpp"

namespace ringlet::grammar {

Automaton with_spaces(const Automaton& automaton) {
  // The number of a state, or of the one that reads the space in front of it.
  std::vector<std::uint32_t> number;
  std::uint32_t count = 0;
  for (const State& state : automaton.states) {
    number.push_back(count);
    count += state.spaced ? 2 : 1;
  }
  Automaton result = automaton;
  result.states.clear();
  for (State state : automaton.states) {
    if (state.spaced) {
      const auto word = static_cast<std::uint32_t>(result.states.size() + 1);
      result.states.push_back({.edges = {{.first = ' ', .last = ' ', .target = word}}});
    }
    if (state.kind != StateKind::bytes) state.next = number[state.next];
    for (Edge& edge : state.edges) {
      edge.target = number[edge.target];
      for (std::uint32_t& push : edge.pushes) push = number[push];
    }
    result.states.push_back(std::move(state));
  }
  return result;
}

}  // namespace ringlet::grammar
