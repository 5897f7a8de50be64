// The sets of places of which a subset construction makes states.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "grammar/grammar.hpp"
#include "grammar/rule_graph.hpp"
#include "grammar/subset_construction.hpp"

namespace ringlet::grammar {

/// Where a rule that was followed in place continues; frame 0 is the end of the state's own rule.
using FrameId = std::uint32_t;

/// A place in a grammar.
struct Item {
  NodeId node = end_node;
  FrameId frame = 0;
  auto operator<=>(const Item&) const = default;
};
using Items = std::vector<Item>;

/// Follows whatever reads nothing.
class ItemClosure {
 public:
  ItemClosure(const Grammar& grammar, const InPlace& in_place, Effort& effort);

  /// All places that can be reached from `items` without reading: sorted, and all of them read
  /// something, call, or are the end of frame 0.
  [[nodiscard]] Items of(std::span<const Item> items);

  /// The place where the called rule begins, to be followed in place.
  [[nodiscard]] Item inside(Item call);
  /// The place after a byte, a call, a list or a span.
  [[nodiscard]] Item after(Item item) const {
    return {grammar_.nodes()[item.node].next, item.frame};
  }

 private:
  void spend();

  struct Frame {
    NodeId next;
    FrameId parent;
  };
  const Grammar& grammar_;
  const InPlace& in_place_;
  Effort& effort_;
  std::vector<bool> tails_;
  std::vector<bool> nullable_;
  std::vector<Frame> frames_{{end_node, 0}};
  std::map<std::pair<NodeId, FrameId>, FrameId> frame_index_;
};

}  // namespace ringlet::grammar
