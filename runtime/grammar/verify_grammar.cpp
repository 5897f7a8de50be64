#include "grammar/verify_grammar.hpp"

#include "grammar/grammar_tables.hpp"
#include "grammar/plain_loop.hpp"
#include "model/invalid_model.hpp"
#include "ringlet/grammar.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t most_states = 65535;

template <typename T>
std::uint32_t size_of(const flatbuffers::Vector<T>* vector) noexcept {
  return vector == nullptr ? 0 : vector->size();
}

Status check_sizes(const schema::Grammar& g) noexcept {
  const std::uint32_t states = g.states()->size();
  if (states == 0 || states > most_states) {
    return invalid_model("grammar.states", "must be 1 to 65,535").got(states);
  }
  if (g.depth() > Grammar::most_depth) {
    return invalid_model("grammar.depth", "deeper than this runtime supports")
        .at_most(Grammar::most_depth, g.depth());
  }
  if (g.edge_ends()->size() != states) {
    return invalid_model("grammar.edge_ends", "must have one entry for each state")
        .with(states, g.edge_ends()->size());
  }
  const std::uint32_t edges = g.edge_ranges()->size();
  if (g.edge_targets()->size() != edges || g.edge_pushes()->size() != edges) {
    return invalid_model("grammar.edge_targets", "the tables of edges differ in size")
        .with(edges, g.edge_targets()->size());
  }
  return {};
}

/// What edges push: each entry is 1 to 64 states.
Status check_pushes(const schema::Grammar& g) noexcept {
  std::uint32_t begin = 0;
  for (std::uint32_t i = 0; i < size_of(g.push_ends()); ++i) {
    const std::uint32_t end = g.push_ends()->Get(i);
    if (end <= begin || end - begin > Grammar::most_depth || end > size_of(g.pushes())) {
      return invalid_model("grammar.push_ends", "must ascend, and stay within pushes").at(i);
    }
    begin = end;
  }
  if (begin != size_of(g.pushes())) {
    return invalid_model("grammar.pushes", "has states after the last end");
  }
  for (std::uint32_t i = 0; i < size_of(g.pushes()); ++i) {
    if (g.pushes()->Get(i) >= g.states()->size()) {
      return invalid_model("grammar.pushes", "not a state of the grammar").at(i);
    }
  }
  return {};
}

Status check_edges(const schema::Grammar& g) noexcept {
  for (std::uint32_t i = 0; i < g.edge_targets()->size(); ++i) {
    if (g.edge_targets()->Get(i) >= g.states()->size()) {
      return invalid_model("grammar.edge_targets", "not a state of the grammar").at(i);
    }
    if (g.edge_pushes()->Get(i) > size_of(g.push_ends())) {
      return invalid_model("grammar.edge_pushes", "not an entry of push_ends").at(i);
    }
  }
  std::uint32_t begin = 0;
  for (std::uint32_t state = 0; state < g.states()->size(); ++state) {
    const std::uint32_t end = g.edge_ends()->Get(state);
    if (end < begin || end > g.edge_targets()->size()) {
      return invalid_model("grammar.edge_ends", "must ascend, and stay within the edges").at(state);
    }
    begin = end;
  }
  if (begin != g.edge_targets()->size()) {
    return invalid_model("grammar.edge_ends", "edges follow those of the last state");
  }
  return {};
}

/// The edges of a state that reads bytes.
bool are_sorted(const GrammarTables& g, std::uint32_t state) noexcept {
  std::uint32_t least = 0;
  for (std::uint32_t edge = g.first_edge(state); edge < g.edge_ends[state]; ++edge) {
    const std::uint32_t first = g.ranges[edge] & 0xFFU;
    const std::uint32_t last = g.ranges[edge] >> 8;
    if (first < least || last < first) return false;
    least = last + 1;
  }
  return true;
}

Status check_reader_of_bytes(const GrammarTables& g, std::uint32_t state) noexcept {
  if (!are_sorted(g, state)) {
    return invalid_model("grammar.edge_ranges", "not sorted, or not disjoint").at(state);
  }
  if (g.has(state, GrammarFlags::whole_words | GrammarFlags::spaced)) {
    return invalid_model("grammar.states", "a state of bytes has the flag of a run").at(state);
  }
  if (g.first_edge(state) == g.edge_ends[state] && !g.has(state, GrammarFlags::returns)) {
    return invalid_model("grammar.states", "a dead end").at(state);
  }
  return {};
}

/// A state that reads a word of a list, or a run.
Status check_reader_of_words(const GrammarTables& g, std::uint32_t state,
                             std::uint32_t lists) noexcept {
  const auto fault = [&](const char* what) {
    return invalid_model("grammar.states", what).at(state);
  };
  const bool is_list = g.kind(state) == GrammarKind::list;
  const std::uint32_t edge = g.first_edge(state);
  if (g.edge_ends[state] - edge != 1 || g.edge_pushes[edge] != 0) {
    return fault("what reads words must have one edge, without pushes");
  }
  if (is_list ? g.list(state) >= lists : g.list(state) != 0) return fault("not a list");
  if (g.has(state, GrammarFlags::returns) || (is_list && g.has(state, GrammarFlags::whole_words))) {
    return fault("has a flag of another kind");
  }
  if (g.kind(g.next(state)) != GrammarKind::bytes) {
    return fault("words must be followed by a state of bytes");
  }
  return {};
}

/// What reads a spaced word or run is reached by a space alone.
Status check_spaces(const GrammarTables& g) noexcept {
  constexpr std::uint16_t space = ' ' | ' ' << 8;
  const auto fault = [](std::uint32_t state) {
    return invalid_model("grammar.states", "spaced, and reached otherwise than by a space")
        .at(state);
  };
  if (g.has(0, GrammarFlags::spaced)) return fault(0);
  for (std::uint32_t state = 0; state < g.states; ++state) {
    if (g.kind(state) != GrammarKind::bytes) continue;  // what follows reads bytes
    for (std::uint32_t edge = g.first_edge(state); edge < g.edge_ends[state]; ++edge) {
      const std::uint32_t target = g.targets[edge];
      if (g.has(target, GrammarFlags::spaced) && g.ranges[edge] != space) return fault(target);
      const Pushes pushes = g.pushed_by(edge);
      for (std::uint32_t i = 0; i < pushes.count; ++i) {
        if (g.has(pushes.states[i], GrammarFlags::spaced)) return fault(pushes.states[i]);
      }
    }
  }
  return {};
}

Status check_states(const GrammarTables& g, std::uint32_t lists) noexcept {
  for (std::uint32_t state = 0; state < g.states; ++state) {
    if (g.flags[state] > GrammarFlags::all || g.kind(state) > GrammarKind::span) {
      return invalid_model("grammar.states", "unknown kind of state").at(state);
    }
  }
  // Before any edge is looked for, all must be sorted.
  for (std::uint32_t state = 0; state < g.states; ++state) {
    const Status status = g.kind(state) == GrammarKind::bytes
                              ? check_reader_of_bytes(g, state)
                              : check_reader_of_words(g, state, lists);
    if (!status.ok()) return status;
  }
  for (std::uint32_t state = 0; state < g.states; ++state) {
    if (is_plain_loop(g, state) != g.has(state, GrammarFlags::plain_loop)) {
      return invalid_model("grammar.states", "says wrongly whether it is a loop of plain text")
          .at(state);
    }
  }
  return check_spaces(g);
}

std::string_view list_name(const schema::Grammar& g, std::uint32_t index) noexcept {
  const std::uint32_t begin = index == 0 ? 0 : g.list_name_ends()->Get(index - 1);
  return {reinterpret_cast<const char*>(g.list_names()->data()) + begin,
          g.list_name_ends()->Get(index) - std::size_t{begin}};
}

Status check_names(const schema::Grammar& g) noexcept {
  const std::uint32_t count = size_of(g.list_name_ends());
  if (count > Grammar::most_lists) {
    return invalid_model("grammar.lists", "more than this runtime supports")
        .at_most(Grammar::most_lists, count);
  }
  std::uint32_t begin = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t end = g.list_name_ends()->Get(i);
    if (end <= begin || end > size_of(g.list_names())) {
      return invalid_model("grammar.lists", "names must not be empty, and stay within their text")
          .at(i);
    }
    begin = end;
    for (std::uint32_t other = 0; other < i; ++other) {
      if (list_name(g, other) == list_name(g, i)) {
        return invalid_model("grammar.lists", "two lists have the same name").at(i);
      }
    }
  }
  if (begin != size_of(g.list_names())) {
    return invalid_model("grammar.lists", "bytes follow the last name");
  }
  return {};
}

}  // namespace

Status verify_grammar(const schema::Grammar& grammar) noexcept {
  Status status = check_sizes(grammar);
  if (status.ok()) status = check_pushes(grammar);
  if (status.ok()) status = check_edges(grammar);
  if (status.ok()) status = check_names(grammar);
  if (status.ok()) {
    status = check_states(GrammarTables(grammar), size_of(grammar.list_name_ends()));
  }
  return status;
}

}  // namespace ringlet
