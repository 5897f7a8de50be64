#include "grammar/walk.hpp"

#include <algorithm>
#include <utility>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

bool continues_character(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

bool is_word_byte(std::uint8_t byte) {
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

}  // namespace

Walk::Walk(const Automaton& automaton, const GivenTexts& given)
    : automaton_(automaton), given_(given) {
  for (const std::string& name : automaton.lists) {
    const auto found = given.lists.find(name);
    if (found == given.lists.end()) common::fail("the list '", name, "' is not given");
    lists_.push_back(&found->second);
  }
}

bool Walk::step(std::uint8_t byte) {
  Position next = at_;
  if (!read(next, byte)) return false;
  at_ = std::move(next);
  return true;
}

bool Walk::read(Position& at, std::uint8_t byte) const {
  for (;;) {
    const State& state = automaton_.states[at.state];
    if (state.kind == StateKind::list ? read_list(at, byte)
                                      : state.kind == StateKind::span && read_span(at, byte)) {
      return true;
    }
    for (const Edge& edge : state.edges) {
      if (byte < edge.first || byte > edge.last) continue;
      at.stack.insert(at.stack.end(), edge.pushes.begin(), edge.pushes.end());
      at.state = edge.target;
      return true;
    }
    if (!can_leave(at)) return false;
    if (state.kind == StateKind::bytes && at.stack.empty()) return false;
    leave(at);
  }
}

bool Walk::read_list(Position& at, std::uint8_t byte) const {
  const std::string longer = at.word + static_cast<char>(byte);
  const auto& words = *lists_[automaton_.states[at.state].list];
  const bool known = std::any_of(words.begin(), words.end(),
                                 [&](const std::string& word) { return word.starts_with(longer); });
  if (known) at.word = longer;
  return known;
}

bool Walk::is_border(std::size_t position, bool whole_words) const {
  const std::string& text = given_.text;
  if (position == text.size()) return true;
  const auto here = static_cast<std::uint8_t>(text[position]);
  if (continues_character(here)) return false;
  if (!whole_words || position == 0) return true;
  return !is_word_byte(here) || !is_word_byte(static_cast<std::uint8_t>(text[position - 1]));
}

bool Walk::read_span(Position& at, std::uint8_t byte) const {
  const bool whole_words = automaton_.states[at.state].whole_words;
  std::set<std::size_t> ends;
  const auto extend = [&](std::size_t from) {
    if (from < given_.text.size() && static_cast<std::uint8_t>(given_.text[from]) == byte) {
      ends.insert(from + 1);
    }
  };
  if (at.in_span) {
    for (const std::size_t end : at.ends) extend(end);
  } else {
    for (std::size_t i = 0; i < given_.text.size(); ++i) {
      if (is_border(i, whole_words)) extend(i);
    }
  }
  if (ends.empty()) return false;
  at.ends = std::move(ends);
  at.in_span = true;
  return true;
}

bool Walk::can_leave(const Position& at) const {
  const State& state = automaton_.states[at.state];
  if (state.kind == StateKind::bytes) return state.returns;
  if (state.kind == StateKind::list) {
    const auto& words = *lists_[state.list];
    return std::find(words.begin(), words.end(), at.word) != words.end();
  }
  return std::any_of(at.ends.begin(), at.ends.end(),
                     [&](std::size_t end) { return is_border(end, state.whole_words); });
}

void Walk::leave(Position& at) const {
  const State& state = automaton_.states[at.state];
  if (state.kind == StateKind::bytes) {
    at.state = at.stack.back();
    at.stack.pop_back();
  } else {
    at.state = state.next;
  }
  at.word.clear();
  at.ends.clear();
  at.in_span = false;
}

bool Walk::done() const {
  Position at = at_;
  while (can_leave(at)) {
    if (automaton_.states[at.state].kind == StateKind::bytes && at.stack.empty()) return true;
    leave(at);
  }
  return false;
}

std::size_t Walk::distance(const std::vector<std::uint32_t>& of_state) const {
  std::size_t sum = of_state[at_.state];
  for (const std::uint32_t state : at_.stack) sum += of_state[state];
  return sum;
}

std::vector<std::uint8_t> Walk::allowed() const {
  std::vector<std::uint8_t> bytes;
  for (unsigned byte = 0; byte < 256; ++byte) {
    Position at = at_;
    if (read(at, static_cast<std::uint8_t>(byte))) bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  return bytes;
}

bool accepts(const Automaton& automaton, std::string_view text, const GivenTexts& given) {
  Walk walk(automaton, given);
  for (const char byte : text) {
    if (!walk.step(static_cast<std::uint8_t>(byte))) return false;
  }
  return walk.done();
}

}  // namespace ringlet::grammar
