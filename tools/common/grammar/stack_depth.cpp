#include "grammar/stack_depth.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace ringlet::grammar {
namespace {

/// From `from`, `to` is reached with `more` states below it on the stack.
struct Step {
  std::uint32_t from;
  unsigned more;
};

std::vector<std::vector<Step>> steps_into(const Automaton& automaton) {
  std::vector<std::vector<Step>> into(automaton.states.size());
  for (std::uint32_t from = 0; from < automaton.states.size(); ++from) {
    const State& state = automaton.states[from];
    if (state.kind != StateKind::bytes) into[state.next].push_back({from, 0});
    for (const Edge& edge : state.edges) {
      for (unsigned i = 0; i < edge.pushes.size(); ++i) into[edge.pushes[i]].push_back({from, i});
      into[edge.target].push_back({from, static_cast<unsigned>(edge.pushes.size())});
    }
  }
  return into;
}

}  // namespace

unsigned stack_depth(const Automaton& automaton) {
  const std::vector<std::vector<Step>> into = steps_into(automaton);
  // The depth that a state needs above its own: the longest path over steps. A circle of steps that
  // push would have no longest path, so depths end above the limit.
  std::vector<unsigned> depth(automaton.states.size());
  std::vector<std::uint32_t> open;
  for (std::uint32_t state = 0; state < depth.size(); ++state) open.push_back(state);
  while (!open.empty()) {
    const std::uint32_t state = open.back();
    open.pop_back();
    for (const Step& step : into[state]) {
      const unsigned needed = std::min(depth[state] + step.more, deepest_stack + 1);
      if (needed <= depth[step.from]) continue;
      depth[step.from] = needed;
      open.push_back(step.from);
    }
  }
  return depth[0];
}

}  // namespace ringlet::grammar
