#include "grammar/subset_construction.hpp"

#include <algorithm>
#include <bitset>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/errors.hpp"
#include "common/format_values.hpp"
#include "grammar/first_bytes.hpp"
#include "grammar/rule_graph.hpp"
#include "grammar/subset_items.hpp"

namespace ringlet::grammar {
namespace {

using Kind = Node::Kind;

constexpr std::size_t draft_limit = 131'072;
constexpr std::size_t item_limit = 8'000'000;

/// A state whose calls are not yet part of its edges.
struct Draft {
  struct CallEdge {
    RuleId rule = 0;
    std::uint32_t call = 0;        // index in Constructed::calls
    std::uint32_t next = 0;        // the state to return to
    bool returns_at_once = false;  // nothing is left to do there
  };
  std::vector<CallEdge> calls;
  bool expanded = false;  // its edges include those of its calls
};

class Construction {
 public:
  Construction(const Grammar& grammar, const InPlace& in_place, Effort& effort)
      : grammar_(grammar),
        closure_(grammar, in_place, effort),
        effort_(effort),
        first_(first_of_rules(grammar)) {}

  Constructed run() {
    result_.automaton.lists = grammar_.lists();
    (void)start_of(0);
    for (std::uint32_t next = 0; next < drafts_.size(); ++next) build(next);
    // What is called first has to have its edges first.
    for (const RuleId rule : first_calls_first(grammar_, nullable_nodes(grammar_))) {
      if (starts_.contains(rule)) expand(starts_.at(rule));
    }
    for (std::uint32_t state = 0; state < drafts_.size(); ++state) expand(state);
    return std::move(result_);
  }

 private:
  std::uint32_t start_of(RuleId rule) {
    const auto found = starts_.find(rule);
    if (found != starts_.end()) return found->second;
    const Item start = {grammar_.rules()[rule].start, 0};
    const std::uint32_t state = state_of({&start, 1});
    starts_.emplace(rule, state);
    return state;
  }

  std::uint32_t state_of(std::span<const Item> items) {
    Items closed = closure_.of(items);
    items_ += closed.size();
    const auto [found, is_new] =
        index_.try_emplace(std::move(closed), static_cast<std::uint32_t>(drafts_.size()));
    if (!is_new) return found->second;
    if (drafts_.size() >= draft_limit || items_ > item_limit) {
      common::fail("the grammar is too large: its automaton has more than ",
                   common::with_commas(drafts_.size() - 1), " states",
                   "; fewer levels of recursion make fewer",
                   last_merged_.empty() ? "" : ", and alternatives that begin otherwise than with ",
                   last_merged_);
    }
    drafts_.emplace_back();
    result_.automaton.states.emplace_back();
    result_.push_calls.emplace_back();
    keys_.push_back(&found->first);
    return found->second;
  }

  void build(std::uint32_t state) {
    const Items items = followed_in_place(*keys_[state]);
    if (build_given(state, items)) return;
    build_edges(state, items);
    build_calls(state, items);
  }

  /// The bytes with which a call can begin and anything else too.
  FirstBytes ambiguous_bytes(const Items& items) const {
    FirstBytes called;
    FirstBytes twice;
    std::set<RuleId> rules;
    for (const Item item : items) {
      const Node& node = grammar_.nodes()[item.node];
      if (node.kind != Kind::call || !rules.insert(node.value).second) continue;
      twice |= called & first_[node.value].bytes;
      called |= first_[node.value].bytes;
    }
    if (rules.empty()) return {};
    for (const Item item : items) {
      const Node& node = grammar_.nodes()[item.node];
      if (node.kind == Kind::bytes) twice |= called & bytes_of(node.range);
    }
    return twice;
  }

  /// Replaces each call that shares a first byte with anything else by what it calls.
  Items followed_in_place(Items items) {
    for (;;) {
      const FirstBytes twice = ambiguous_bytes(items);
      bool changed = false;
      for (Item& item : items) {
        const Node& node = grammar_.nodes()[item.node];
        if (node.kind != Kind::call) continue;
        const FirstOfRule& first = first_[node.value];
        if (!first.given && (first.bytes & twice).none()) continue;
        last_merged_ = grammar_.rules()[node.value].place;
        item = closure_.inside(item);
        changed = true;
      }
      if (!changed) return items;
      items = closure_.of(items);
    }
  }

  /// A state that reads a list or a span.
  bool build_given(std::uint32_t state, const Items& items) {
    const auto is_given = [&](Item item) {
      const Kind kind = grammar_.nodes()[item.node].kind;
      return kind == Kind::list || kind == Kind::span;
    };
    const auto given = std::find_if(items.begin(), items.end(), is_given);
    if (given == items.end()) return false;
    const Node& node = grammar_.nodes()[given->node];
    const std::string name =
        node.kind == Kind::list ? "the list '" + grammar_.lists()[node.value] + "'" : "a span";
    Items after;
    for (const Item item : items) {
      const Node& other = grammar_.nodes()[item.node];
      if (other.kind != node.kind || other.value != node.value || other.spaced != node.spaced) {
        common::fail("where ", name, " can begin something else can stand too",
                     "; keep it the only possibility there, or add the other words to the list");
      }
      after.push_back(closure_.after(item));
    }
    const std::uint32_t next = state_of(after);
    if (std::any_of(keys_[next]->begin(), keys_[next]->end(), is_given)) {
      common::fail("a list or span follows ", name, " at once; put something between them");
    }
    State& built = result_.automaton.states[state];
    built.kind = node.kind == Kind::list ? StateKind::list : StateKind::span;
    built.list = node.kind == Kind::list ? node.value : 0;
    built.whole_words = node.kind == Kind::span && node.value != 0;
    built.spaced = node.spaced;
    built.next = next;
    return true;
  }

  void build_edges(std::uint32_t state, const Items& items) {
    std::vector<std::pair<ByteRange, Item>> reading;
    std::bitset<257> borders;
    for (const Item item : items) {
      const Node& node = grammar_.nodes()[item.node];
      if (node.kind == Kind::end) result_.automaton.states[state].returns = true;
      if (node.kind != Kind::bytes) continue;
      reading.emplace_back(node.range, closure_.after(item));
      borders.set(node.range.first);
      borders.set(node.range.last + 1U);
    }
    std::sort(reading.begin(), reading.end(),
              [](const auto& a, const auto& b) { return a.first.first < b.first.first; });
    for (unsigned first = 0; first < 256; ++first) {
      if (!borders.test(first)) continue;
      unsigned last = first;
      while (last < 255 && !borders.test(last + 1)) ++last;
      Items after;
      for (const auto& [range, item] : reading) {
        if (range.first > first) break;
        if (range.last >= first) after.push_back(item);
      }
      effort_.left -= std::min<std::uint64_t>(effort_.left, reading.size());
      if (!after.empty()) add_edge(state, first, last, state_of(after));
    }
  }

  void add_edge(std::uint32_t state, unsigned first, unsigned last, std::uint32_t target) {
    result_.automaton.states[state].edges.push_back(
        {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last), target, {}});
    result_.push_calls[state].emplace_back();
  }

  void build_calls(std::uint32_t state, const Items& items) {
    std::map<RuleId, Items> groups;
    for (const Item item : items) {
      const Node& node = grammar_.nodes()[item.node];
      if (node.kind == Kind::call) groups[node.value].push_back(item);
    }
    for (const auto& [rule, group] : groups) {
      Constructed::Call call;
      Items after;
      for (const Item item : group) {
        call.nodes.push_back(item.node);
        after.push_back(closure_.after(item));
      }
      (void)start_of(rule);
      const std::uint32_t next = state_of(after);
      drafts_[state].calls.push_back({.rule = rule,
                                      .call = static_cast<std::uint32_t>(result_.calls.size()),
                                      .next = next,
                                      .returns_at_once = *keys_[next] == Items{{end_node, 0}}});
      result_.calls.push_back(std::move(call));
    }
  }

  /// Gives a state the first bytes of what it calls.
  void expand(std::uint32_t state) {
    if (drafts_[state].expanded) return;
    drafts_[state].expanded = true;
    for (const Draft::CallEdge& call : drafts_[state].calls) {
      const std::uint32_t start = start_of(call.rule);
      const std::vector<Edge> edges = result_.automaton.states[start].edges;
      const auto made = result_.push_calls[start];
      for (std::size_t i = 0; i < edges.size(); ++i) {
        Edge edge = edges[i];
        std::vector<std::uint32_t> calls = made[i];
        if (!call.returns_at_once) {
          edge.pushes.insert(edge.pushes.begin(), call.next);
          calls.insert(calls.begin(), call.call);
        }
        result_.automaton.states[state].edges.push_back(std::move(edge));
        result_.push_calls[state].push_back(std::move(calls));
      }
    }
    sort_edges(state);
  }

  void sort_edges(std::uint32_t state) {
    std::vector<Edge>& edges = result_.automaton.states[state].edges;
    std::vector<std::size_t> order(edges.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return edges[a].first < edges[b].first; });
    std::vector<Edge> sorted;
    std::vector<std::vector<std::uint32_t>> calls;
    for (const std::size_t i : order) {
      sorted.push_back(std::move(edges[i]));
      calls.push_back(std::move(result_.push_calls[state][i]));
    }
    edges = std::move(sorted);
    result_.push_calls[state] = std::move(calls);
  }

  const Grammar& grammar_;
  ItemClosure closure_;
  Effort& effort_;
  std::vector<FirstOfRule> first_;
  Constructed result_;
  std::map<Items, std::uint32_t> index_;
  std::vector<const Items*> keys_;
  std::vector<Draft> drafts_;
  std::map<RuleId, std::uint32_t> starts_;
  std::size_t items_ = 0;
  std::string last_merged_;
};

}  // namespace

Constructed construct(const Grammar& grammar, const InPlace& in_place, Effort& effort) {
  return Construction(grammar, in_place, effort).run();
}

}  // namespace ringlet::grammar
