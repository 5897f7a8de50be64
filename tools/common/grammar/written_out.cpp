#include "grammar/written_out.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/errors.hpp"
#include "grammar/rule_graph.hpp"

namespace ringlet::grammar {
namespace {

using Kind = Node::Kind;

/// Copies rules level by level and characters as bytes.
class Copier {
 public:
  Copier(const Grammar& source, unsigned depth)
      : source_(source),
        depth_(depth),
        tails_(tails_of(source)),
        groups_(recursion_groups(source)),
        nodes_(source.rules().size()) {}

  Grammar copy() {
    (void)rule(0, 0);
    for (std::size_t next = 0; next < open_.size(); ++next) {
      const auto [id, level] = open_[next];
      copy_nodes(id, level, static_cast<RuleId>(next));
    }
    result_.set_lists(source_.lists());
    return std::move(result_);
  }

 private:
  RuleId rule(RuleId id, unsigned level) {
    const auto [found, is_new] = copies_.try_emplace({id, level}, 0);
    if (is_new) {
      found->second = result_.add_rule(source_.rules()[id].place);
      open_.emplace_back(id, level);
    }
    return found->second;
  }

  const std::vector<NodeId>& nodes(RuleId id) {
    if (nodes_[id].empty()) nodes_[id] = nodes_of(source_, id);
    return nodes_[id];
  }

  void copy_nodes(RuleId id, unsigned level, RuleId copy) {
    // Nodes can lead back to each other, so each copy begins as a split without choices.
    std::map<NodeId, NodeId> copies = {{end_node, end_node}};
    std::map<std::pair<std::uint32_t, NodeId>, NodeId> sets;
    for (const NodeId node : nodes(id)) copies[node] = result_.split({});
    for (const NodeId from : nodes(id)) {
      const Node& node = source_.nodes()[from];
      const NodeId to = copies[from];
      if (node.kind == Kind::split) {
        for (const NodeId choice : node.choices) result_.add_choice(to, copies[choice]);
      } else if (node.kind == Kind::call) {
        copy_call(id, level, node, to, copies[node.next]);
      } else if (node.kind == Kind::characters) {
        const auto [found, is_new] = sets.try_emplace({node.value, node.next}, 0);
        if (is_new) found->second = as_bytes(source_.set(node.value), copies[node.next]);
        result_.add_choice(to, found->second);
      } else {
        result_.add_choice(to, result_.copy(node, node.value, copies[node.next]));
      }
    }
    result_.set_start(copy, copies[source_.rules()[id].start]);
  }

  void copy_call(RuleId caller, unsigned level, const Node& node, NodeId to, NodeId next) {
    const bool recursive = groups_[caller] == groups_[node.value];
    const unsigned called = !recursive ? 0 : tails_[node.next] ? level : level + 1;
    if (called > depth_) return;  // no way
    result_.add_choice(to, result_.copy(node, rule(node.value, called), next));
  }

  NodeId as_bytes(const CharacterSet& set, NodeId next) {
    std::vector<NodeId> choices;
    for (const std::vector<ByteRange>& sequence : utf8_sequences(set)) {
      NodeId node = next;
      for (std::size_t i = sequence.size(); i-- > 0;) node = result_.bytes(sequence[i], node);
      choices.push_back(node);
    }
    return result_.split(std::move(choices));
  }

  const Grammar& source_;
  unsigned depth_;
  std::vector<bool> tails_;
  std::vector<std::uint32_t> groups_;
  std::vector<std::vector<NodeId>> nodes_;
  Grammar result_;
  std::map<std::pair<RuleId, unsigned>, RuleId> copies_;
  std::vector<std::pair<RuleId, unsigned>> open_;
};

/// For each node, whether an end can be reached from it.
class Productive {
 public:
  explicit Productive(const Grammar& grammar)
      : grammar_(grammar),
        found_(grammar.nodes().size()),
        before_(grammar.nodes().size()),
        starts_(grammar.nodes().size()),
        callers_(grammar.rules().size()) {
    const std::vector<Node>& nodes = grammar.nodes();
    for (RuleId rule = 0; rule < callers_.size(); ++rule) {
      starts_[grammar.rules()[rule].start].push_back(rule);
    }
    for (NodeId id = 1; id < nodes.size(); ++id) {
      for (const NodeId choice : nodes[id].choices) before_[choice].push_back(id);
      if (nodes[id].kind != Kind::split) before_[nodes[id].next].push_back(id);
      if (nodes[id].kind == Kind::call) callers_[nodes[id].value].push_back(id);
    }
    search();
  }
  [[nodiscard]] bool operator[](NodeId id) const { return found_[id]; }

 private:
  void search() {
    found_[end_node] = true;
    open_.push_back(end_node);
    while (!open_.empty()) {
      const NodeId id = open_.back();
      open_.pop_back();
      for (const NodeId node : before_[id]) consider(node);
      for (const RuleId rule : starts_[id]) {
        for (const NodeId caller : callers_[rule]) consider(caller);
      }
    }
  }

  void consider(NodeId id) {
    const Node& node = grammar_.nodes()[id];
    const bool holds = node.kind == Kind::split ||
                       (found_[node.next] &&
                        (node.kind != Kind::call || found_[grammar_.rules()[node.value].start]));
    if (!holds || found_[id]) return;
    found_[id] = true;
    open_.push_back(id);
  }

  const Grammar& grammar_;
  std::vector<bool> found_;
  std::vector<std::vector<NodeId>> before_;
  std::vector<std::vector<RuleId>> starts_;
  std::vector<std::vector<NodeId>> callers_;
  std::vector<NodeId> open_;
};

}  // namespace

Grammar write_out(const Grammar& grammar, unsigned depth) {
  (void)first_calls_first(grammar, nullable_nodes(grammar));
  Grammar result = Copier(grammar, depth).copy();
  const Productive productive(result);
  if (!productive[result.rules()[0].start]) {
    common::fail(grammar.rules()[0].place, ": no text satisfies it (of the canonical form, within ",
                 depth, " levels of recursion)");
  }
  for (NodeId id = 1; id < result.nodes().size(); ++id) {
    std::vector<NodeId> choices = result.nodes()[id].choices;
    std::erase_if(choices, [&](NodeId choice) { return !productive[choice]; });
    result.set_choices(id, std::move(choices));
  }
  return result;
}

}  // namespace ringlet::grammar
