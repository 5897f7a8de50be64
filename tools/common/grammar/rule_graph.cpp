#include "grammar/rule_graph.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_set>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

using Kind = Node::Kind;

using Edges = std::vector<std::vector<RuleId>>;

/// Tarjan's strongly connected components, without recursion.
class Components {
 public:
  explicit Components(const Edges& edges)
      : edges_(edges), order_(edges.size()), low_(edges.size()), component_(edges.size(), none) {
    for (RuleId rule = 0; rule < edges.size(); ++rule) {
      if (order_[rule] == 0) visit(rule);
    }
  }
  [[nodiscard]] const std::vector<std::uint32_t>& of() const { return component_; }

 private:
  static constexpr std::uint32_t none = ~0U;
  struct Frame {
    RuleId rule;
    std::size_t edge = 0;
  };

  void enter(RuleId rule) {
    order_[rule] = low_[rule] = ++count_;
    open_.push_back(rule);
    path_.push_back({rule});
  }

  void leave(RuleId rule) {
    path_.pop_back();
    if (!path_.empty()) low_[path_.back().rule] = std::min(low_[path_.back().rule], low_[rule]);
    if (low_[rule] != order_[rule]) return;
    for (RuleId member = none; member != rule;) {
      member = open_.back();
      open_.pop_back();
      component_[member] = components_;
    }
    ++components_;
  }

  void visit(RuleId first) {
    enter(first);
    while (!path_.empty()) {
      Frame& frame = path_.back();
      if (frame.edge == edges_[frame.rule].size()) {
        leave(frame.rule);
        continue;
      }
      const RuleId next = edges_[frame.rule][frame.edge++];
      if (order_[next] == 0) {
        enter(next);
      } else if (component_[next] == none) {
        low_[frame.rule] = std::min(low_[frame.rule], order_[next]);
      }
    }
  }

  const Edges& edges_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> component_;
  std::vector<RuleId> open_;
  std::vector<Frame> path_;
  std::uint32_t count_ = 0;
  std::uint32_t components_ = 0;
};

/// The rules that can be called before anything has been read.
std::vector<RuleId> first_calls(const Grammar& grammar, RuleId rule,
                                const std::vector<bool>& nullable) {
  std::vector<RuleId> calls;
  std::vector<NodeId> open = {grammar.rules()[rule].start};
  std::unordered_set<NodeId> seen(open.begin(), open.end());
  const auto reach = [&](NodeId node) {
    if (seen.insert(node).second) open.push_back(node);
  };
  while (!open.empty()) {
    const Node& node = grammar.nodes()[open.back()];
    open.pop_back();
    for (const NodeId choice : node.choices) reach(choice);
    if (node.kind != Kind::call) continue;
    calls.push_back(node.value);
    if (nullable[grammar.rules()[node.value].start]) reach(node.next);
  }
  return calls;
}

}  // namespace

std::vector<NodeId> nodes_of(const Grammar& grammar, RuleId rule) {
  std::vector<NodeId> found;
  std::vector<NodeId> open = {grammar.rules()[rule].start};
  std::unordered_set<NodeId> seen;
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    if (id == end_node || !seen.insert(id).second) continue;
    found.push_back(id);
    const Node& node = grammar.nodes()[id];
    if (node.kind == Kind::split) {
      open.insert(open.end(), node.choices.begin(), node.choices.end());
    } else {
      open.push_back(node.next);
    }
  }
  return found;
}

std::vector<bool> tails_of(const Grammar& grammar) {
  constexpr int longest_chain = 100;  // so that a circle of splits ends; it is no tail
  std::vector<bool> tails(grammar.nodes().size());
  for (NodeId id = 0; id < tails.size(); ++id) {
    NodeId last = id;
    for (int i = 0; i < longest_chain && grammar.nodes()[last].choices.size() == 1; ++i) {
      last = grammar.nodes()[last].choices[0];
    }
    tails[id] = last == end_node;
  }
  return tails;
}

std::vector<bool> nullable_nodes(const Grammar& grammar) {
  const std::vector<Node>& nodes = grammar.nodes();
  std::vector<bool> nullable(nodes.size());
  // Who becomes nullable when a node does: splits that choose it, calls of a rule that starts there
  // and calls that continue there.
  std::vector<std::vector<NodeId>> dependents(nodes.size());
  std::vector<std::vector<RuleId>> starts(nodes.size());
  for (RuleId rule = 0; rule < grammar.rules().size(); ++rule) {
    starts[grammar.rules()[rule].start].push_back(rule);
  }
  std::vector<std::vector<NodeId>> callers(grammar.rules().size());
  for (NodeId id = 1; id < nodes.size(); ++id) {
    for (const NodeId choice : nodes[id].choices) dependents[choice].push_back(id);
    if (nodes[id].kind != Kind::call) continue;
    dependents[nodes[id].next].push_back(id);
    callers[nodes[id].value].push_back(id);
  }
  std::vector<NodeId> open = {end_node};
  nullable[end_node] = true;
  const auto consider = [&](NodeId id) {
    const Node& node = nodes[id];
    const bool holds = node.kind == Kind::split ||
                       (nullable[node.next] && nullable[grammar.rules()[node.value].start]);
    if (!holds || nullable[id]) return;
    nullable[id] = true;
    open.push_back(id);
  };
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    for (const NodeId dependent : dependents[id]) consider(dependent);
    for (const RuleId rule : starts[id]) {
      for (const NodeId caller : callers[rule]) consider(caller);
    }
  }
  return nullable;
}

std::vector<RuleId> first_calls_first(const Grammar& grammar, const std::vector<bool>& nullable) {
  Edges edges(grammar.rules().size());
  for (RuleId rule = 0; rule < edges.size(); ++rule) {
    edges[rule] = first_calls(grammar, rule, nullable);
  }
  const std::vector<std::uint32_t> component = Components(edges).of();
  for (RuleId rule = 0; rule < edges.size(); ++rule) {
    for (const RuleId called : edges[rule]) {
      if (component[rule] != component[called]) continue;
      common::fail(grammar.rules()[rule].place, ": begins with ",
                   rule == called ? "itself" : grammar.rules()[called].place,
                   rule == called ? "" : ", which begins with it again",
                   "; let something stand before the recursion");
    }
  }
  // Tarjan's algorithm finishes what is called first, and here each rule is a component.
  std::vector<RuleId> order(edges.size());
  for (RuleId rule = 0; rule < edges.size(); ++rule) order[component[rule]] = rule;
  return order;
}

std::vector<std::uint32_t> recursion_groups(const Grammar& grammar) {
  Edges edges(grammar.rules().size());
  for (RuleId rule = 0; rule < edges.size(); ++rule) {
    for (const NodeId id : nodes_of(grammar, rule)) {
      if (grammar.nodes()[id].kind == Kind::call) edges[rule].push_back(grammar.nodes()[id].value);
    }
  }
  return Components(edges).of();
}

}  // namespace ringlet::grammar
