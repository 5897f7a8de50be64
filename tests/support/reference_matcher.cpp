#include "support/reference_matcher.hpp"

#include <algorithm>
#include <cctype>

namespace ringlet::test {

using grammar::Automaton;
using grammar::Edge;
using grammar::State;
using grammar::StateKind;

ReferenceMatcher::ReferenceMatcher(const Automaton& automaton, const RunTime& run_time)
    : automaton_(automaton), run_time_(run_time), live_(automaton.states.size(), false) {
  for (bool changed = true; changed;) {
    changed = false;
    for (std::uint32_t i = 0; i < live_.size(); ++i) {
      if (live_[i] || !can_end(i)) continue;
      live_[i] = changed = true;
    }
  }
}

bool ReferenceMatcher::can_end(std::uint32_t index) const {
  const State& state = automaton_.states[index];
  if (state.kind != StateKind::bytes) return goes_on(state, "") && live_[state.next];
  return state.returns || std::any_of(state.edges.begin(), state.edges.end(), [&](const Edge& e) {
           return live_[e.target] && std::all_of(e.pushes.begin(), e.pushes.end(),
                                                 [&](std::uint32_t push) { return live_[push]; });
         });
}

namespace {

bool is_letter(unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80; }

/// Whether a run can begin or end before this byte of the text.
bool is_border(const std::string& text, std::size_t at, bool whole_words) {
  if (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) return false;
  return !whole_words || at == 0 || at == text.size() ||
         !is_letter(static_cast<unsigned char>(text[at - 1])) ||
         !is_letter(static_cast<unsigned char>(text[at]));
}

bool is_plain(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  });
}

}  // namespace

bool ReferenceMatcher::goes_on(const State& state, const std::string& word) const {
  if (state.kind == StateKind::list) {
    const auto& words = run_time_.lists.at(automaton_.lists[state.list]);
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& one) { return one.starts_with(word); });
  }
  const std::string& text = run_time_.span;
  for (std::size_t at = 0; at < text.size(); ++at) {
    // Before the first byte of a run, too, there must be one.
    const std::string first = word.empty() ? text.substr(at, 1) : word;
    if (text.compare(at, first.size(), first) == 0 && is_plain(first) &&
        is_border(text, at, state.whole_words)) {
      return true;
    }
  }
  return false;
}

bool ReferenceMatcher::is_word(const State& state, const std::string& word) const {
  if (word.empty()) return false;
  if (state.kind == StateKind::list) {
    const auto& words = run_time_.lists.at(automaton_.lists[state.list]);
    return std::find(words.begin(), words.end(), word) != words.end();
  }
  const std::string& text = run_time_.span;
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    if (text.compare(at, word.size(), word) == 0 && is_border(text, at, state.whole_words) &&
        is_border(text, at + word.size(), state.whole_words)) {
      return true;
    }
  }
  return false;
}

bool ReferenceMatcher::step(At& at, std::uint8_t byte) const {
  const State* state = &automaton_.states[at.state];
  at.is_silent = state->spaced && !at.has_space;
  if (at.is_silent) {
    at.has_space = byte == ' ';
    return at.has_space;
  }
  if (state->kind != StateKind::bytes) {
    const std::string longer = at.word + static_cast<char>(byte);
    if (goes_on(*state, longer)) {
      at.word = longer;
      return true;
    }
    if (!is_word(*state, at.word)) return false;
    at.state = state->next;
    at.word.clear();
    at.has_space = false;
    state = &automaton_.states[at.state];
  }
  for (const Edge& edge : state->edges) {
    if (byte < edge.first || byte > edge.last || !live_[edge.target]) continue;
    if (at.stack.size() + edge.pushes.size() > automaton_.depth) continue;
    if (!std::all_of(edge.pushes.begin(), edge.pushes.end(),
                     [&](std::uint32_t push) { return live_[push]; })) {
      continue;
    }
    at.stack.insert(at.stack.end(), edge.pushes.begin(), edge.pushes.end());
    at.state = edge.target;
    return true;
  }
  if (!state->returns || at.stack.empty()) return false;
  at.state = at.stack.back();
  at.stack.pop_back();
  return step(at, byte);
}

bool ReferenceMatcher::step(At& at, std::string_view bytes) const {
  return std::all_of(bytes.begin(), bytes.end(),
                     [&](char c) { return step(at, static_cast<std::uint8_t>(c)); });
}

std::string ReferenceMatcher::text_of(At& at, std::string_view bytes) const {
  std::string text;
  for (const char c : bytes) {
    if (step(at, static_cast<std::uint8_t>(c)) && !at.is_silent) text += c;
  }
  return text;
}

bool ReferenceMatcher::may_end(const At& at) const {
  const State* state = &automaton_.states[at.state];
  if (state->kind != StateKind::bytes) {
    if (!is_word(*state, at.word)) return false;
    state = &automaton_.states[state->next];
  }
  return state->returns && std::all_of(at.stack.begin(), at.stack.end(), [&](std::uint32_t one) {
           return automaton_.states[one].returns;
         });
}

}  // namespace ringlet::test
