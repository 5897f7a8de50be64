#include "support/grammars.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"
#include "grammar/grammar_file.hpp"

namespace ringlet::test {

using grammar::Automaton;
using grammar::Edge;
using grammar::State;
using grammar::StateKind;

std::uint32_t AutomatonMaker::state(bool returns) {
  automaton.states.push_back({.returns = returns});
  return static_cast<std::uint32_t>(automaton.states.size() - 1);
}

std::uint32_t AutomatonMaker::list(std::string_view name, std::uint32_t next, bool spaced) {
  auto& names = automaton.lists;
  const auto found = std::find(names.begin(), names.end(), name);
  const auto index = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) names.emplace_back(name);
  automaton.states.push_back(
      {.kind = StateKind::list, .list = index, .next = next, .spaced = spaced});
  return static_cast<std::uint32_t>(automaton.states.size() - 1);
}

std::uint32_t AutomatonMaker::span(std::uint32_t next, bool whole_words, bool spaced) {
  automaton.states.push_back(
      {.kind = StateKind::span, .next = next, .whole_words = whole_words, .spaced = spaced});
  return static_cast<std::uint32_t>(automaton.states.size() - 1);
}

void AutomatonMaker::range(std::uint32_t from, unsigned first, unsigned last, std::uint32_t to,
                           States pushes) {
  automaton.states[from].edges.push_back({.first = static_cast<std::uint8_t>(first),
                                          .last = static_cast<std::uint8_t>(last),
                                          .target = to,
                                          .pushes = std::move(pushes)});
}

void AutomatonMaker::edge(std::uint32_t from, char byte, std::uint32_t to, States pushes) {
  const auto value = static_cast<std::uint8_t>(byte);
  range(from, value, value, to, std::move(pushes));
}

void AutomatonMaker::text(std::uint32_t from, std::string_view text, std::uint32_t to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint32_t next = i + 1 == text.size() ? to : state();
    edge(from, text[i], next);
    from = next;
  }
}

void AutomatonMaker::other_characters(std::uint32_t from, std::uint32_t to) {
  const auto follow = [&](unsigned first, unsigned last, std::uint32_t target) {
    const std::uint32_t at = state();
    range(at, first, last, target);
    return at;
  };
  const std::uint32_t one = follow(0x80, 0xBF, to);
  const std::uint32_t two = follow(0x80, 0xBF, one);
  range(from, 0xC2, 0xDF, one);
  range(from, 0xE0, 0xE0, follow(0xA0, 0xBF, one));
  range(from, 0xE1, 0xEC, two);
  range(from, 0xED, 0xED, follow(0x80, 0x9F, one));
  range(from, 0xEE, 0xEF, two);
  range(from, 0xF0, 0xF0, follow(0x90, 0xBF, two));
  range(from, 0xF1, 0xF3, follow(0x80, 0xBF, two));
  range(from, 0xF4, 0xF4, follow(0x80, 0x8F, two));
}

void AutomatonMaker::plain_characters(std::uint32_t from, std::uint32_t to) {
  range(from, 0x20, 0x21, to);
  range(from, 0x23, 0x5B, to);
  range(from, 0x5D, 0x7F, to);
  other_characters(from, to);
}

Automaton AutomatonMaker::finish(unsigned depth) {
  for (State& one : automaton.states) {
    std::sort(one.edges.begin(), one.edges.end(),
              [](const Edge& a, const Edge& b) { return a.first < b.first; });
  }
  automaton.depth = depth;
  return automaton;
}

namespace {

/// The states of any JSON.
class JsonMaker : public AutomatonMaker {
 public:
  Automaton make() {
    value_ = state();
    end_ = state(true);
    make_string();
    make_number();
    object_ = state();
    array_ = state();
    make_array();
    make_object();
    add_value(value_, {});
    return finish(12);
  }

 private:
  /// The edges of a value, which push where to go on.
  void add_value(std::uint32_t from, const States& pushes) {
    edge(from, '"', string_, pushes);
    edge(from, '{', object_, pushes);
    edge(from, '[', array_, pushes);
    edge(from, '-', minus_, pushes);
    edge(from, '0', zero_, pushes);
    range(from, '1', '9', digits_, pushes);
    for (const std::string_view word : {"true", "false", "null"}) {
      const std::uint32_t next = state();
      edge(from, word[0], next, pushes);
      text(next, word.substr(1), end_);
    }
  }

  void make_string() {
    string_ = state();
    plain_characters(string_, string_);
    edge(string_, '"', end_);
    const std::uint32_t escape = state();
    edge(string_, '\\', escape);
    for (const char c : std::string_view(R"("\/bfnrt)")) edge(escape, c, string_);
    std::uint32_t to = string_;
    for (int i = 0; i < 4; ++i) {
      const std::uint32_t digit = state();
      range(digit, '0', '9', to);
      range(digit, 'A', 'D', to);  // no surrogates, which only pairs can be
      to = digit;
    }
    edge(escape, 'u', to);
    auto& first = automaton.states[to].edges;
    first[1].last = 'C';
  }

  void make_number() {
    minus_ = state();
    zero_ = state(true);
    digits_ = state(true);
    const std::uint32_t point = state();
    const std::uint32_t fraction = state(true);
    edge(minus_, '0', zero_);
    range(minus_, '1', '9', digits_);
    range(digits_, '0', '9', digits_);
    for (const std::uint32_t whole : {zero_, digits_}) edge(whole, '.', point);
    range(point, '0', '9', fraction);
    range(fraction, '0', '9', fraction);
  }

  void make_array() {
    const std::uint32_t after = state();
    const std::uint32_t next = state();
    const std::uint32_t spaced = state();
    edge(array_, ']', end_);
    add_value(array_, {after});
    edge(after, ',', next);
    edge(after, ']', end_);
    edge(next, ' ', spaced);
    add_value(next, {after});
    add_value(spaced, {after});
  }

  void make_object() {
    const std::uint32_t colon = state();
    const std::uint32_t before = state();
    const std::uint32_t after = state();
    const std::uint32_t next = state();
    const std::uint32_t spaced = state();
    edge(object_, '}', end_);
    edge(object_, '"', string_, {colon});
    edge(colon, ':', before, {after});
    edge(before, ' ', value_);
    add_value(before, {});
    edge(after, ',', next);
    edge(after, '}', end_);
    edge(next, ' ', spaced);
    edge(next, '"', string_, {colon});
    edge(spaced, '"', string_, {colon});
  }

  std::uint32_t value_ = 0, end_ = 0, string_ = 0, minus_ = 0, zero_ = 0, digits_ = 0, object_ = 0,
                array_ = 0;
};

}  // namespace

Automaton json_grammar() { return JsonMaker().make(); }

namespace {

Automaton make_lists(bool spaced) {
  AutomatonMaker m;
  const std::uint32_t start = m.state();
  const std::uint32_t key = m.state();
  const std::uint32_t done = m.state(true);
  const std::uint32_t after = m.state();
  // Two lists as rules that return, and a span in line.
  const std::uint32_t returns = m.state(true);
  const std::uint32_t quote = m.state();
  m.edge(quote, '"', returns);
  const std::uint32_t rooms = m.list("rooms", quote, spaced);
  const std::uint32_t scenes = m.list("scenes", quote, spaced);
  m.text(start, "{\"", key);
  const auto value_of = [&](std::string_view name, std::uint32_t list,
                            const AutomatonMaker::States& pushes) {
    const std::uint32_t colon = m.state();
    m.text(key, name, colon);
    const std::uint32_t open = m.state();
    m.edge(colon, ':', open);
    m.edge(open, '"', list, pushes);
  };
  value_of("room\"", rooms, {after});
  value_of("scene\"", scenes, {after});
  if (spaced) value_of("both\"", returns, {after, rooms});
  m.edge(after, '}', done);
  const std::uint32_t item = m.state();
  m.text(after, ",\"item\":\"", item);
  const std::uint32_t close = m.state();
  // A run of any place, or behind a tilde one of whole words.
  const std::uint32_t run = m.span(close, false, spaced);
  const std::uint32_t words = m.span(close, true, spaced);
  m.edge(item, ':', run);
  m.edge(item, '~', words);
  m.text(close, "\"}", done);
  return m.finish(spaced ? 2 : 1);
}

}  // namespace

Automaton lists_grammar() { return make_lists(false); }
Automaton spaced_grammar() { return make_lists(true); }

Automaton counted_grammar() {
  AutomatonMaker m;
  std::uint32_t at = m.state();
  const std::uint32_t end = m.state(true);
  const std::uint32_t closed = m.state(true);
  std::uint32_t next = m.state();
  m.edge(at, '"', next);
  for (int i = 0; i <= 3; ++i) {
    at = next;
    m.edge(at, '"', closed);
    if (i == 3) break;
    next = m.state();
    m.plain_characters(at, next);
  }
  m.range(0, '1', '9', end);
  m.range(end, '0', '9', end);
  return m.finish(0);
}

LoadedGrammar::LoadedGrammar(const Automaton& automaton)
    : bytes(grammar::write_grammar(automaton)) {
  const Result<Grammar> opened = Grammar::open(bytes.span());
  EXPECT_TRUE(opened.ok()) << opened.status().where() << ": " << opened.status().what();
  grammar = *opened;
}

void seal_grammar(std::span<std::byte> file) {
  if (file.size() < sizeof(std::uint32_t)) return;
  const std::uint32_t crc = crc32c(file.first(file.size() - sizeof(crc)));
  std::memcpy(file.data() + file.size() - sizeof(crc), &crc, sizeof(crc));
}

}  // namespace ringlet::test
