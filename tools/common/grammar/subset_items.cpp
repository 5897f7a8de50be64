#include "grammar/subset_items.hpp"

#include <algorithm>
#include <unordered_set>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

using Kind = Node::Kind;

}  // namespace

ItemClosure::ItemClosure(const Grammar& grammar, const InPlace& in_place, Effort& effort)
    : grammar_(grammar),
      in_place_(in_place),
      effort_(effort),
      tails_(tails_of(grammar)),
      nullable_(nullable_nodes(grammar)) {}

void ItemClosure::spend() {
  if (effort_.left == 0) {
    common::fail(
        "the grammar takes too long to compile: its alternatives begin alike in too many ways");
  }
  --effort_.left;
}

Item ItemClosure::inside(Item call) {
  const Node& node = grammar_.nodes()[call.node];
  const NodeId start = grammar_.rules()[node.value].start;
  if (tails_[node.next]) return {start, call.frame};
  const auto [found, is_new] =
      frame_index_.try_emplace({node.next, call.frame}, static_cast<FrameId>(frames_.size()));
  if (is_new) frames_.push_back({node.next, call.frame});
  return {start, found->second};
}

Items ItemClosure::of(std::span<const Item> items) {
  std::unordered_set<std::uint64_t> seen;
  Items open;
  const auto reach = [&](Item item) {
    spend();
    if (seen.insert((std::uint64_t{item.node} << 32) | item.frame).second) open.push_back(item);
  };
  for (const Item item : items) reach(item);
  Items found;
  while (!open.empty()) {
    const Item item = open.back();
    open.pop_back();
    const Node& node = grammar_.nodes()[item.node];
    if (node.kind == Kind::split) {
      for (const NodeId choice : node.choices) reach({choice, item.frame});
    } else if (node.kind == Kind::end && item.frame != 0) {
      const Frame frame = frames_[item.frame];
      reach({frame.next, frame.parent});
    } else if (node.kind == Kind::call && in_place_[item.node]) {
      reach(inside(item));
    } else {
      found.push_back(item);
      // A called rule has read something when it returns; that it can be empty is said here.
      if (node.kind == Kind::call && nullable_[grammar_.rules()[node.value].start]) {
        reach(after(item));
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace ringlet::grammar
