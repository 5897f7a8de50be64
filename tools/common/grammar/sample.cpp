#include "grammar/sample.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

constexpr std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max() / 4;

/// Steps until the state returns, as far as `ways` knows them.
std::uint32_t way_of(const State& state, const std::vector<std::uint32_t>& ways) {
  if (state.kind != StateKind::bytes) return std::min(unknown, ways[state.next] + 1);
  if (state.returns) return 0;
  std::uint32_t best = unknown;
  for (const Edge& edge : state.edges) {
    std::uint64_t steps = std::uint64_t{ways[edge.target]} + 1;
    for (const std::uint32_t push : edge.pushes) steps += ways[push];
    best = static_cast<std::uint32_t>(std::min<std::uint64_t>(best, steps));
  }
  return best;
}

}  // namespace

TextSampler::TextSampler(const Automaton& automaton, const GivenTexts& given)
    : automaton_(automaton), given_(given), way_out_(automaton.states.size(), unknown) {
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = automaton.states.size(); i-- > 0;) {
      const std::uint32_t way = way_of(automaton.states[i], way_out_);
      changed = changed || way < way_out_[i];
      way_out_[i] = std::min(way, way_out_[i]);
    }
  }
}

std::string TextSampler::text(std::mt19937_64& random, std::size_t length) const {
  constexpr std::size_t longest = 100'000;
  Walk walk(automaton_, given_);
  std::string text;
  for (;;) {
    const bool hurry = text.size() >= length;
    if (walk.done() && (hurry || random() % 4 == 0)) return text;
    const std::vector<std::uint8_t> bytes = walk.allowed();
    if (bytes.empty() && walk.done()) return text;
    if (bytes.empty() || text.size() > longest) {
      common::fail("a text leads into a dead end: ", text.substr(0, 100));
    }
    std::uint8_t chosen = bytes[random() % bytes.size()];
    if (hurry) {
      // The state after a byte says how far its own end is; what it returns to is the same for all
      // that push nothing.
      std::size_t best = std::numeric_limits<std::size_t>::max();
      for (const std::uint8_t byte : bytes) {
        Walk next = walk;
        (void)next.step(byte);
        const std::size_t way = next.distance(way_out_);
        if (way < best || (way == best && random() % 2 == 0)) chosen = byte;
        best = std::min(best, way);
      }
    } else if (bytes.size() > 20 && random() % 4 != 0) {
      // Of many bytes most are letters of a string; prefer what ends or changes it.
      const std::uint8_t special[] = {'"', '\\', 0xC3, 0xE2, 0xF0, 'a'};
      const std::uint8_t wanted = special[random() % std::size(special)];
      if (std::find(bytes.begin(), bytes.end(), wanted) != bytes.end()) chosen = wanted;
    }
    (void)walk.step(chosen);
    text += static_cast<char>(chosen);
  }
}

}  // namespace ringlet::grammar
