// What automata are made of: strings that the runtime walks fast, calls, stack depth, ends
// everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "grammar/compile.hpp"
#include "grammar/minimize.hpp"
#include "grammar/source.hpp"
#include "grammar/stack_depth.hpp"
#include "grammar/walk.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::grammar {
namespace {

Automaton compiled(SourceKind kind, const std::string& source, unsigned depth = default_depth) {
  return compile_source(kind, source, "source", {.whitespace = Whitespace::none, .depth = depth})
      .automaton;
}

Automaton schema(const std::string& source) { return compiled(SourceKind::json_schema, source); }
Automaton gbnf(const std::string& source, unsigned depth = default_depth) {
  return compiled(SourceKind::gbnf, source, depth);
}

/// Whether bytes first to last lead from `from` to one state without a push; that state.
std::optional<std::uint32_t> target(const Automaton& automaton, std::uint32_t from,
                                    std::uint8_t first, std::uint8_t last) {
  for (const Edge& edge : automaton.states[from].edges) {
    if (edge.first <= first && last <= edge.last && edge.pushes.empty()) return edge.target;
  }
  return std::nullopt;
}

/// The form in which the runtime recognizes the inside of a free string (plain_loop).
bool is_plain_loop(const Automaton& automaton, std::uint32_t state) {
  constexpr std::uint8_t plain[][2] = {{0x20, 0x21}, {0x23, 0x5B}, {0x5D, 0x7F}};
  for (const auto& [first, last] : plain) {
    if (target(automaton, state, first, last) != state) return false;
  }
  struct Lead {
    std::uint8_t first, last, low, high;
    unsigned more;
  };
  constexpr Lead leads[] = {{0xC2, 0xDF, 0x80, 0xBF, 0}, {0xE0, 0xE0, 0xA0, 0xBF, 1},
                            {0xE1, 0xEC, 0x80, 0xBF, 1}, {0xED, 0xED, 0x80, 0x9F, 1},
                            {0xEE, 0xEF, 0x80, 0xBF, 1}, {0xF0, 0xF0, 0x90, 0xBF, 2},
                            {0xF1, 0xF3, 0x80, 0xBF, 2}, {0xF4, 0xF4, 0x80, 0x8F, 2}};
  return std::all_of(std::begin(leads), std::end(leads), [&](const Lead& lead) {
    auto at = target(automaton, state, lead.first, lead.last);
    if (at) at = target(automaton, *at, lead.low, lead.high);
    for (unsigned i = 0; at && i < lead.more; ++i) at = target(automaton, *at, 0x80, 0xBF);
    return at == state;
  });
}

std::size_t plain_loops(const Automaton& automaton) {
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < automaton.states.size(); ++i) count += is_plain_loop(automaton, i);
  return count;
}

TEST(Automaton, FreeStringsArePlainLoops) {
  EXPECT_EQ(plain_loops(schema(R"({"type":"string"})")), 1U);
  EXPECT_EQ(plain_loops(schema(R"({"type":"string","minLength":3})")), 1U);
  EXPECT_EQ(plain_loops(schema("{}")), 1U);
  // One rule, called from both members.
  EXPECT_EQ(plain_loops(schema(
                R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}})")),
            1U);
  // A free string that begins like a value of an enum is one after it has parted.
  EXPECT_GE(plain_loops(schema(R"({"anyOf":[{"type":"string"},{"enum":["a",1]}]})")), 1U);
  EXPECT_EQ(plain_loops(schema(R"({"type":"string","maxLength":3})")), 0U);
  EXPECT_EQ(plain_loops(schema(R"({"type":"string","pattern":"^a*$"})")), 0U);
}

TEST(Automaton, EdgesAreSortedAndDisjoint) {
  for (const Automaton& automaton :
       {schema("{}"), schema(R"({"type":"array","items":{"type":["integer","string","null"]}})"),
        gbnf("root ::= [a-z\xC3\xA9]* \"x\" | \"(\" root \")\" root | .")}) {
    for (const State& state : automaton.states) {
      for (std::size_t i = 0; i < state.edges.size(); ++i) {
        EXPECT_LE(state.edges[i].first, state.edges[i].last);
        EXPECT_TRUE(i == 0 || state.edges[i - 1].last < state.edges[i].first);
      }
      // A state without a way on and without an end would be a dead end.
      EXPECT_TRUE(state.kind != StateKind::bytes || state.returns || !state.edges.empty());
    }
  }
}

// Whoever looks for ends from the last state to the first rarely looks twice.
TEST(Automaton, StatesComeBeforeWhatFollowsThem) {
  const Automaton automaton = schema(R"({"type":"object","properties":{
      "a":{"enum":["x","y"]},"b":{"type":"integer","minimum":0,"maximum":99}}})");
  for (std::uint32_t i = 0; i < automaton.states.size(); ++i) {
    for (const Edge& edge : automaton.states[i].edges) EXPECT_GT(edge.target, i);
  }
}

TEST(Automaton, ACallAtTheEndPushesNothing) {
  const Automaton automaton = gbnf("root ::= \"a\" root | \"b\"");
  EXPECT_EQ(automaton.depth, 0U);
  EXPECT_EQ(automaton.states.size(), 2U);
  EXPECT_TRUE(accepts(automaton, std::string(1000, 'a') + "b"));
}

TEST(Automaton, RecursionEndsAtItsDepth) {
  // Called twice, so that it is a call and not followed in place.
  const std::string source =
      "root ::= \"(\" root \")\" tail | \"[\" root \"]\" tail | \"x\"\ntail ::= \"0123456789\"?";
  for (const unsigned depth : {0U, 1U, 5U, 20U}) {
    const Automaton automaton = gbnf(source, depth);
    // The last level is small, and followed in place.
    EXPECT_EQ(automaton.depth, depth == 0 ? 0 : depth - 1);
    const auto nested = [](unsigned levels) {
      return std::string(levels, '(') + "x" + std::string(levels, ')');
    };
    EXPECT_TRUE(accepts(automaton, nested(depth)));
    EXPECT_FALSE(accepts(automaton, nested(depth + 1)));
  }
}

TEST(Automaton, WhatReturnsAndReadsOnWithOneByteIsFollowedInPlace) {
  // After "a" the rule could go on or return; both are followed.
  const Automaton automaton = gbnf("root ::= as \"ab\" | as \"ac\" as\nas ::= \"a\"{1,20}");
  for (const char* text : {"aab", "aaab", "aaaca", "aacaaaa"}) {
    EXPECT_TRUE(accepts(automaton, text)) << text;
  }
  for (const char* text : {"ab", "aac", "aaaba", "b"}) {
    EXPECT_FALSE(accepts(automaton, text)) << text;
  }
}

TEST(Minimize, MergesStatesThatBehaveAlike) {
  // Two loops of two states each, entered by different bytes, which do the same.
  Automaton automaton;
  automaton.states.resize(6);
  automaton.states[0].edges = {{'a', 'a', 1, {}}, {'b', 'b', 3, {}}};
  automaton.states[1].edges = {{'x', 'x', 2, {}}};
  automaton.states[2].edges = {{'y', 'y', 1, {}}};
  automaton.states[3].edges = {{'x', 'x', 4, {}}};
  automaton.states[4].edges = {{'y', 'y', 3, {}}};
  for (const std::size_t end : {2U, 4U}) automaton.states[end].returns = true;
  minimize(automaton);  // state 5 cannot be reached
  EXPECT_EQ(automaton.states.size(), 3U);
  EXPECT_EQ(automaton.states[0].edges.size(), 1U);  // a and b are one range now
  EXPECT_TRUE(accepts(automaton, "bxyx"));
  EXPECT_FALSE(accepts(automaton, "bxy"));
}

TEST(Minimize, KeepsStatesThatPushDifferently) {
  Automaton automaton;
  automaton.states.resize(5);
  automaton.states[0].edges = {{'a', 'a', 1, {2}}, {'b', 'b', 1, {3}}};
  automaton.states[1].edges = {{'x', 'x', 4, {}}};
  automaton.states[2].edges = {{'y', 'y', 4, {}}};
  automaton.states[3].edges = {{'z', 'z', 4, {}}};
  automaton.states[4].returns = true;
  minimize(automaton);
  EXPECT_EQ(automaton.states.size(), 5U);
  EXPECT_TRUE(accepts(automaton, "axy"));
  EXPECT_FALSE(accepts(automaton, "axz"));
}

TEST(StackDepth, IsTheLongestWay) {
  Automaton automaton;
  automaton.states.resize(3);
  automaton.states[0].edges = {{'a', 'a', 1, {2, 2}}};
  automaton.states[1].edges = {{'b', 'b', 2, {2}}};
  automaton.states[2].returns = true;
  EXPECT_EQ(stack_depth(automaton), 3U);
  automaton.states[2].edges = {{'c', 'c', 1, {}}};  // a circle that pushes
  EXPECT_EQ(stack_depth(automaton), deepest_stack + 1);
}

}  // namespace
}  // namespace ringlet::grammar
