// What every front end makes and the back end compiles: rules, each a graph of nodes.
//
// A node reads something and continues with another node, so graphs are built from their end to
// their start: `grammar.characters(digits, next)` is the node that reads a digit and continues with
// `next`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/character_set.hpp"

namespace ringlet::grammar {

using NodeId = std::uint32_t;
using RuleId = std::uint32_t;

/// The end of every rule.
constexpr NodeId end_node = 0;

struct Node {
  enum class Kind : std::uint8_t {
    end,
    split,       // one of `choices`, none of which is read by itself
    characters,  // a character of the set `value`
    bytes,       // a byte of `range`
    call,        // the rule `value`
    list,        // a word of the list `value`
    span,        // a run of the given text; whole words if `value` is 1
    text_start,  // nothing, at the start of the text (regular expressions only)
    text_end,    // nothing, at the end of the text (regular expressions only)
  };
  Kind kind = Kind::end;
  ByteRange range{};
  std::uint32_t value = 0;
  NodeId next = end_node;
  std::vector<NodeId> choices{};
  bool spaced = false;  // list and span: as in State
};

struct Rule {
  std::string place;  // for messages: its name, or a JSON pointer
  NodeId start = end_node;
};

class Grammar {
 public:
  /// At most this many nodes, so that a small hostile source cannot take all memory.
  static constexpr std::size_t node_limit = 1'000'000;

  Grammar() : nodes_(1) {}

  // Every function that adds a node throws port::Failure at the limit.
  [[nodiscard]] NodeId characters(const CharacterSet& set, NodeId next);
  [[nodiscard]] NodeId bytes(ByteRange range, NodeId next);
  /// The bytes of `text`.
  [[nodiscard]] NodeId literal(std::string_view text, NodeId next);
  [[nodiscard]] NodeId call(RuleId rule, NodeId next);
  [[nodiscard]] NodeId list(const std::string& name, NodeId next, bool spaced = false);
  [[nodiscard]] NodeId span(bool whole_words, NodeId next, bool spaced = false);
  [[nodiscard]] NodeId split(std::vector<NodeId> choices);
  [[nodiscard]] NodeId text_start(NodeId next);
  [[nodiscard]] NodeId text_end(NodeId next);
  /// A loop: begin with `split({})`, build what leads back to it, then add the ways.
  void add_choice(NodeId split, NodeId choice) { nodes_[split].choices.push_back(choice); }

  /// A rule whose start is still to be set, so that it can be called before.
  [[nodiscard]] RuleId add_rule(std::string place);
  void set_start(RuleId rule, NodeId start) { rules_[rule].start = start; }

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  [[nodiscard]] const CharacterSet& set(std::uint32_t index) const { return sets_[index]; }
  [[nodiscard]] const std::vector<std::string>& lists() const { return lists_; }
  /// Replaces the choices of a node, for the removal of dead ways.
  void set_choices(NodeId split, std::vector<NodeId> choices) {
    nodes_[split].choices = std::move(choices);
  }
  void set_lists(std::vector<std::string> lists) { lists_ = std::move(lists); }
  /// Copies a node with another `next`, `value` and no choices.
  [[nodiscard]] NodeId copy(const Node& node, std::uint32_t value, NodeId next);

 private:
  NodeId add(Node node);

  std::vector<Node> nodes_;
  std::vector<Rule> rules_;
  std::vector<CharacterSet> sets_;
  std::map<CharacterSet, std::uint32_t> set_index_;
  std::vector<std::string> lists_;
};

}  // namespace ringlet::grammar
