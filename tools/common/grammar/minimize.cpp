#include "grammar/minimize.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace ringlet::grammar {
namespace {

bool only_returns(const State& state) {
  return state.kind == StateKind::bytes && state.returns && state.edges.empty();
}

/// A target that only returns is replaced by the state to which it returns.
void return_at_once(Automaton& automaton) {
  for (State& state : automaton.states) {
    for (Edge& edge : state.edges) {
      while (!edge.pushes.empty() && only_returns(automaton.states[edge.target])) {
        edge.target = edge.pushes.back();
        edge.pushes.pop_back();
      }
    }
  }
}

/// Calls `visit` with a reference to each state's number in `state`.
template <typename SomeState, typename Visit>
void visit_numbers(SomeState& state, Visit visit) {
  if (state.kind != StateKind::bytes) visit(state.next);
  for (auto& edge : state.edges) {
    visit(edge.target);
    for (auto& push : edge.pushes) visit(push);
  }
}

/// The states that follow a state.
std::vector<std::uint32_t> followers(const State& state) {
  std::vector<std::uint32_t> numbers;
  visit_numbers(state, [&](std::uint32_t number) { numbers.push_back(number); });
  return numbers;
}

/// The classes that can be reached, each before those that follow it, where no circle forbids it:
/// who looks for ends from the last state to the first then rarely has to look twice.
std::vector<std::uint32_t> ordered_classes(const Automaton& automaton,
                                           const std::vector<std::uint32_t>& class_of,
                                           const std::vector<std::uint32_t>& representative) {
  struct Visit {
    std::uint32_t cls;
    std::vector<std::uint32_t> left;
  };
  std::vector<bool> seen(class_of.size());
  std::vector<std::uint32_t> order;
  std::vector<Visit> open;
  const auto enter = [&](std::uint32_t state) {
    const std::uint32_t cls = class_of[state];
    if (seen[cls]) return;
    seen[cls] = true;
    open.push_back({cls, followers(automaton.states[representative[cls]])});
  };
  enter(0);
  while (!open.empty()) {
    if (open.back().left.empty()) {
      order.push_back(open.back().cls);
      open.pop_back();
    } else {
      const std::uint32_t next = open.back().left.back();
      open.back().left.pop_back();
      enter(next);
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

/// Keeps the first state of each class, and of these what can be reached.
void keep_classes(Automaton& automaton, const std::vector<std::uint32_t>& class_of) {
  constexpr std::uint32_t none = ~0U;
  std::vector<std::uint32_t> representative(class_of.size(), none);
  for (std::uint32_t state = 0; state < class_of.size(); ++state) {
    std::uint32_t& first = representative[class_of[state]];
    if (first == none) first = state;
  }
  const std::vector<std::uint32_t> order = ordered_classes(automaton, class_of, representative);
  std::vector<std::uint32_t> number(class_of.size(), none);
  for (std::uint32_t i = 0; i < order.size(); ++i) number[order[i]] = i;
  std::vector<State> states;
  for (const std::uint32_t cls : order) {
    State state = automaton.states[representative[cls]];
    visit_numbers(state, [&](std::uint32_t& target) { target = number[class_of[target]]; });
    states.push_back(std::move(state));
  }
  automaton.states = std::move(states);
}

void keep_reachable(Automaton& automaton) {
  std::vector<std::uint32_t> own(automaton.states.size());
  for (std::uint32_t state = 0; state < own.size(); ++state) own[state] = state;
  keep_classes(automaton, own);
}

/// Joins neighbouring edges that do the same.
void join_edges(Automaton& automaton) {
  for (State& state : automaton.states) {
    std::vector<Edge> joined;
    for (Edge& edge : state.edges) {
      Edge* const last = joined.empty() ? nullptr : &joined.back();
      if (last != nullptr && last->last + 1 == edge.first && last->target == edge.target &&
          last->pushes == edge.pushes) {
        last->last = edge.last;
      } else {
        joined.push_back(std::move(edge));
      }
    }
    state.edges = std::move(joined);
  }
}

/// Hopcroft's partition refinement. A transition is labelled with its byte and with its place among
/// the pushes of its edge, so that classes agree on all of them.
class Partition {
 public:
  explicit Partition(const Automaton& automaton) : automaton_(automaton) {
    find_borders();
    collect_transitions();
    begin();
  }

  std::vector<std::uint32_t> refine() {
    while (!waiting_.empty()) {
      const std::uint32_t splitter = waiting_.back();
      waiting_.pop_back();
      is_waiting_[splitter] = false;
      split_by(splitter);
    }
    return std::move(class_of_);
  }

 private:
  struct Transition {
    std::uint32_t label;
    std::uint32_t from;
  };
  static constexpr std::uint32_t places = 256;  // for the target, and for each push
  static constexpr std::uint32_t next_label = ~0U;

  /// Bytes between two borders are treated alike by every state.
  void find_borders() {
    std::vector<bool> borders(257);
    for (const State& state : automaton_.states) {
      for (const Edge& edge : state.edges) borders[edge.first] = borders[edge.last + 1U] = true;
    }
    std::uint32_t block = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (borders[byte]) ++block;
      block_of_[byte] = block;
    }
  }

  template <typename Visit>
  void visit_transitions(const State& state, Visit visit) const {
    if (state.kind != StateKind::bytes) visit(next_label, state.next);
    for (const Edge& edge : state.edges) {
      for (std::uint32_t block = block_of_[edge.first]; block <= block_of_[edge.last]; ++block) {
        visit(block * places, edge.target);
        for (std::uint32_t i = 0; i < edge.pushes.size(); ++i) {
          visit(block * places + 1 + i, edge.pushes[i]);
        }
      }
    }
  }

  void collect_transitions() {
    into_.resize(automaton_.states.size());
    for (std::uint32_t from = 0; from < automaton_.states.size(); ++from) {
      visit_transitions(automaton_.states[from], [&](std::uint32_t label, std::uint32_t to) {
        into_[to].push_back({label, from});
      });
    }
  }

  /// States differ at once if they are of different kinds or have transitions with other labels.
  void begin() {
    using Key = std::tuple<StateKind, bool, std::uint32_t, bool, bool, std::vector<std::uint32_t>>;
    std::map<Key, std::uint32_t> keys;
    for (std::uint32_t state = 0; state < automaton_.states.size(); ++state) {
      const State& here = automaton_.states[state];
      std::vector<std::uint32_t> labels;
      visit_transitions(here, [&](std::uint32_t label, std::uint32_t) { labels.push_back(label); });
      Key key{here.kind, here.returns, here.list, here.whole_words, here.spaced, std::move(labels)};
      const auto [found, is_new] =
          keys.try_emplace(std::move(key), static_cast<std::uint32_t>(members_.size()));
      if (is_new) add_class();
      class_of_.push_back(found->second);
      position_.push_back(static_cast<std::uint32_t>(members_[found->second].size()));
      members_[found->second].push_back(state);
    }
    for (std::uint32_t cls = 0; cls < members_.size(); ++cls) wait(cls);
  }

  std::uint32_t add_class() {
    members_.emplace_back();
    is_waiting_.push_back(false);
    return static_cast<std::uint32_t>(members_.size() - 1);
  }

  void wait(std::uint32_t cls) {
    if (!is_waiting_[cls]) waiting_.push_back(cls);
    is_waiting_[cls] = true;
  }

  void split_by(std::uint32_t splitter) {
    std::vector<Transition> incoming;
    for (const std::uint32_t state : members_[splitter]) {
      incoming.insert(incoming.end(), into_[state].begin(), into_[state].end());
    }
    std::sort(incoming.begin(), incoming.end(), [](const Transition& a, const Transition& b) {
      return std::tie(a.label, a.from) < std::tie(b.label, b.from);
    });
    for (std::size_t begin = 0; begin < incoming.size();) {
      std::size_t end = begin;
      std::map<std::uint32_t, std::vector<std::uint32_t>> touched;
      for (; end < incoming.size() && incoming[end].label == incoming[begin].label; ++end) {
        touched[class_of_[incoming[end].from]].push_back(incoming[end].from);
      }
      for (const auto& [cls, states] : touched) split(cls, states);
      begin = end;
    }
  }

  /// Moves some states of a class into a class of their own, unless they are all.
  void split(std::uint32_t cls, const std::vector<std::uint32_t>& states) {
    if (states.size() == members_[cls].size()) return;
    const std::uint32_t added = add_class();
    for (const std::uint32_t state : states) move(state, cls, added);
    if (is_waiting_[cls] || members_[added].size() <= members_[cls].size()) {
      wait(added);
    } else {
      wait(cls);
    }
  }

  void move(std::uint32_t state, std::uint32_t from, std::uint32_t to) {
    std::vector<std::uint32_t>& left = members_[from];
    left[position_[state]] = left.back();
    position_[left.back()] = position_[state];
    left.pop_back();
    position_[state] = static_cast<std::uint32_t>(members_[to].size());
    members_[to].push_back(state);
    class_of_[state] = to;
  }

  const Automaton& automaton_;
  std::array<std::uint32_t, 256> block_of_{};
  std::vector<std::vector<Transition>> into_;
  std::vector<std::uint32_t> class_of_;
  std::vector<std::vector<std::uint32_t>> members_;
  std::vector<std::uint32_t> position_;  // of each state among the members of its class
  std::vector<std::uint32_t> waiting_;
  std::vector<bool> is_waiting_;
};

}  // namespace

void minimize(Automaton& automaton) {
  return_at_once(automaton);
  keep_reachable(automaton);
  keep_classes(automaton, Partition(automaton).refine());
  join_edges(automaton);
}

}  // namespace ringlet::grammar
