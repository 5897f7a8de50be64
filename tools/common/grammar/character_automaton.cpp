#include "grammar/character_automaton.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/errors.hpp"
#include "common/format_values.hpp"

namespace ringlet::grammar {
namespace {

using Kind = Node::Kind;

constexpr std::size_t automaton_limit = 20'000;
constexpr std::uint64_t effort_limit = 20'000'000;

/// A node, and whether the text has ended: after `$` no character can follow.
struct Place {
  NodeId node = end_node;
  bool ended = false;
  auto operator<=>(const Place&) const = default;
};
using Places = std::vector<Place>;

/// Removes states that lead nowhere.
CharacterAutomaton trimmed(const CharacterAutomaton& automaton) {
  const std::vector<CharacterState>& states = automaton.states;
  std::vector<std::vector<std::uint32_t>> before(states.size());
  std::vector<std::uint32_t> open;
  std::vector<bool> useful(states.size());
  for (std::uint32_t state = 0; state < states.size(); ++state) {
    for (const CharacterState::Edge& edge : states[state].edges) {
      before[edge.target].push_back(state);
    }
    if (states[state].accepts) open.push_back(state);
    useful[state] = states[state].accepts;
  }
  while (!open.empty()) {
    const std::uint32_t state = open.back();
    open.pop_back();
    for (const std::uint32_t from : before[state]) {
      if (!useful[from]) open.push_back(from);
      useful[from] = true;
    }
  }
  useful[0] = true;
  std::vector<std::uint32_t> number(states.size());
  std::uint32_t count = 0;
  for (std::uint32_t state = 0; state < states.size(); ++state) {
    number[state] = count;
    if (useful[state]) ++count;
  }
  CharacterAutomaton result;
  for (std::uint32_t state = 0; state < states.size(); ++state) {
    if (!useful[state]) continue;
    CharacterState& kept = result.states.emplace_back();
    kept.accepts = states[state].accepts;
    for (const CharacterState::Edge& edge : states[state].edges) {
      if (useful[edge.target]) kept.edges.push_back({edge.range, number[edge.target]});
    }
  }
  return result;
}

void add_edge(CharacterState& state, CharacterRange range, std::uint32_t target) {
  const bool joins = !state.edges.empty() && state.edges.back().target == target &&
                     state.edges.back().range.last + 1 == range.first;
  if (joins) {
    state.edges.back().range.last = range.last;
  } else {
    state.edges.push_back({range, target});
  }
}

class Determination {
 public:
  Determination(const Expression& expression, bool search) {
    const NodeId end = search ? any_text(end_node) : end_node;
    start_ = add_expression(grammar_, expression, end);
    if (search) start_ = any_text(start_);
  }

  CharacterAutomaton run() {
    (void)state_of({{start_, false}}, true);
    for (std::uint32_t state = 0; state < result_.states.size(); ++state) build(state);
    return trimmed(result_);
  }

 private:
  NodeId any_text(NodeId next) {
    const NodeId loop = grammar_.split({next});
    grammar_.add_choice(loop, grammar_.characters(CharacterSet::any(), loop));
    return loop;
  }

  void spend(std::uint64_t steps) {
    effort_ += steps;
    if (effort_ > effort_limit) {
      common::fail("the expression takes too long to compile; make its repetitions smaller");
    }
    if (result_.states.size() > automaton_limit) {
      common::fail("the expression is too large: its automaton has more than ",
                   common::with_commas(automaton_limit), " states");
    }
  }

  std::uint32_t state_of(const Places& places, bool at_start) {
    std::set<Place> seen;
    Places open;
    Places found;
    const auto reach = [&](Place place) {
      if (seen.insert(place).second) open.push_back(place);
    };
    for (const Place place : places) reach(place);
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      spend(1);
      const Node& node = grammar_.nodes()[place.node];
      for (const NodeId choice : node.choices) reach({choice, place.ended});
      if (node.kind == Kind::text_start && at_start) reach({node.next, place.ended});
      if (node.kind == Kind::text_end) reach({node.next, true});
      const bool reads = node.kind == Kind::characters && !place.ended;
      if (reads || node.kind == Kind::end) found.push_back(place);
    }
    std::sort(found.begin(), found.end());
    const auto [known, is_new] = index_.try_emplace(
        {std::move(found), at_start}, static_cast<std::uint32_t>(result_.states.size()));
    if (is_new) {
      result_.states.emplace_back();
      keys_.push_back(&known->first.first);
    }
    return known->second;
  }

  void build(std::uint32_t state) {
    std::set<std::uint32_t> borders;
    for (const Place place : *keys_[state]) {
      const Node& node = grammar_.nodes()[place.node];
      if (node.kind == Kind::end) result_.states[state].accepts = true;
      if (node.kind != Kind::characters) continue;
      for (const CharacterRange& range : grammar_.set(node.value).ranges()) {
        borders.insert(range.first);
        borders.insert(range.last + 1);
      }
    }
    for (auto border = borders.begin(); border != borders.end(); ++border) {
      const auto end = std::next(border);
      if (end == borders.end()) break;
      Places after;
      for (const Place place : *keys_[state]) {
        const Node& node = grammar_.nodes()[place.node];
        if (node.kind != Kind::characters) continue;
        spend(1);
        if (grammar_.set(node.value).contains(*border)) after.push_back({node.next, false});
      }
      if (after.empty()) continue;
      const std::uint32_t target = state_of(after, false);
      add_edge(result_.states[state], {*border, *end - 1}, target);
    }
  }

  Grammar grammar_;
  NodeId start_ = end_node;
  CharacterAutomaton result_;
  std::map<std::pair<Places, bool>, std::uint32_t> index_;
  std::vector<const Places*> keys_;
  std::uint64_t effort_ = 0;
};

}  // namespace

bool CharacterAutomaton::accepts(std::u32string_view text) const {
  std::uint32_t state = 0;
  for (const char32_t character : text) {
    const auto& edges = states[state].edges;
    const auto found = std::find_if(edges.begin(), edges.end(), [&](const auto& edge) {
      return edge.range.first <= character && character <= edge.range.last;
    });
    if (found == edges.end()) return false;
    state = found->target;
  }
  return states[state].accepts;
}

CharacterAutomaton determine(const Expression& expression, bool search) {
  return Determination(expression, search).run();
}

CharacterAutomaton intersect(const CharacterAutomaton& a, const CharacterAutomaton& b) {
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  std::map<Pair, std::uint32_t> index = {{{0, 0}, 0}};
  std::vector<Pair> pairs = {{0, 0}};
  CharacterAutomaton result;
  for (std::size_t next = 0; next < pairs.size(); ++next) {
    const auto [left, right] = pairs[next];
    if (pairs.size() > automaton_limit) {
      common::fail("the patterns are too large together: their automaton has more than ",
                   common::with_commas(automaton_limit), " states");
    }
    CharacterState state{.accepts = a.states[left].accepts && b.states[right].accepts};
    const auto& edges = a.states[left].edges;
    const auto& others = b.states[right].edges;
    for (std::size_t i = 0, j = 0; i < edges.size() && j < others.size();) {
      const CharacterRange common = {std::max(edges[i].range.first, others[j].range.first),
                                     std::min(edges[i].range.last, others[j].range.last)};
      if (common.first <= common.last) {
        const Pair target = {edges[i].target, others[j].target};
        const auto [found, is_new] =
            index.try_emplace(target, static_cast<std::uint32_t>(pairs.size()));
        if (is_new) pairs.push_back(target);
        add_edge(state, common, found->second);
      }
      (edges[i].range.last < others[j].range.last ? i : j) += 1;
    }
    result.states.push_back(std::move(state));
  }
  return trimmed(result);
}

NodeId add_automaton(Grammar& grammar, const CharacterAutomaton& automaton, const Writing& write,
                     NodeId next) {
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < automaton.states.size(); ++i) nodes.push_back(grammar.split({}));
  for (std::size_t i = 0; i < automaton.states.size(); ++i) {
    const CharacterState& state = automaton.states[i];
    std::map<std::uint32_t, CharacterSet> sets;
    for (const CharacterState::Edge& edge : state.edges) {
      sets[edge.target] = sets[edge.target] | CharacterSet(edge.range.first, edge.range.last);
    }
    for (const auto& [target, set] : sets) {
      grammar.add_choice(nodes[i], write(grammar, set, nodes[target]));
    }
    if (state.accepts) grammar.add_choice(nodes[i], next);
  }
  return nodes[0];
}

}  // namespace ringlet::grammar
