#include "grammar/grammar.hpp"

#include <algorithm>
#include <utility>

#include "common/errors.hpp"
#include "common/format_values.hpp"

namespace ringlet::grammar {

NodeId Grammar::add(Node node) {
  if (nodes_.size() >= node_limit) {
    common::fail("the grammar is too large: written out it has more than ",
                 common::with_commas(node_limit), " parts; make its repetitions smaller");
  }
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

NodeId Grammar::characters(const CharacterSet& set, NodeId next) {
  const auto [found, is_new] =
      set_index_.try_emplace(set, static_cast<std::uint32_t>(sets_.size()));
  if (is_new) sets_.push_back(set);
  return add({.kind = Node::Kind::characters, .value = found->second, .next = next});
}

NodeId Grammar::bytes(ByteRange range, NodeId next) {
  return add({.kind = Node::Kind::bytes, .range = range, .next = next});
}

NodeId Grammar::literal(std::string_view text, NodeId next) {
  for (std::size_t i = text.size(); i-- > 0;) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    next = bytes({byte, byte}, next);
  }
  return next;
}

NodeId Grammar::call(RuleId rule, NodeId next) {
  return add({.kind = Node::Kind::call, .value = rule, .next = next});
}

NodeId Grammar::list(const std::string& name, NodeId next, bool spaced) {
  const auto found = std::find(lists_.begin(), lists_.end(), name);
  const auto index = static_cast<std::uint32_t>(found - lists_.begin());
  if (found == lists_.end()) lists_.push_back(name);
  return add({.kind = Node::Kind::list, .value = index, .next = next, .spaced = spaced});
}

NodeId Grammar::span(bool whole_words, NodeId next, bool spaced) {
  return add(
      {.kind = Node::Kind::span, .value = whole_words ? 1U : 0U, .next = next, .spaced = spaced});
}

NodeId Grammar::split(std::vector<NodeId> choices) {
  return add({.kind = Node::Kind::split, .choices = std::move(choices)});
}

NodeId Grammar::text_start(NodeId next) {
  return add({.kind = Node::Kind::text_start, .next = next});
}

NodeId Grammar::text_end(NodeId next) { return add({.kind = Node::Kind::text_end, .next = next}); }

NodeId Grammar::copy(const Node& node, std::uint32_t value, NodeId next) {
  return add({.kind = node.kind,
              .range = node.range,
              .value = value,
              .next = next,
              .spaced = node.spaced});
}

RuleId Grammar::add_rule(std::string place) {
  rules_.push_back({.place = std::move(place)});
  return static_cast<RuleId>(rules_.size() - 1);
}

}  // namespace ringlet::grammar
