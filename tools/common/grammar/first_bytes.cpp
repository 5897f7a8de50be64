#include "grammar/first_bytes.hpp"

#include <unordered_set>

#include "grammar/rule_graph.hpp"

namespace ringlet::grammar {
namespace {

using Kind = Node::Kind;

FirstOfRule first_of(const Grammar& grammar, RuleId rule, const std::vector<bool>& nullable,
                     const std::vector<FirstOfRule>& known) {
  std::vector<NodeId> open = {grammar.rules()[rule].start};
  std::unordered_set<NodeId> seen(open.begin(), open.end());
  const auto reach = [&](NodeId node) {
    if (seen.insert(node).second) open.push_back(node);
  };
  FirstOfRule first;
  while (!open.empty()) {
    const Node& node = grammar.nodes()[open.back()];
    open.pop_back();
    for (const NodeId choice : node.choices) reach(choice);
    if (node.kind == Kind::bytes) first.bytes |= bytes_of(node.range);
    if (node.kind == Kind::list || node.kind == Kind::span) first.given = true;
    if (node.kind != Kind::call) continue;
    first.bytes |= known[node.value].bytes;
    first.given = first.given || known[node.value].given;
    if (nullable[grammar.rules()[node.value].start]) reach(node.next);
  }
  return first;
}

}  // namespace

std::vector<FirstOfRule> first_of_rules(const Grammar& grammar) {
  const std::vector<bool> nullable = nullable_nodes(grammar);
  std::vector<FirstOfRule> first(grammar.rules().size());
  for (const RuleId rule : first_calls_first(grammar, nullable)) {
    first[rule] = first_of(grammar, rule, nullable, first);
  }
  return first;
}

}  // namespace ringlet::grammar
