// The tables of a grammar as plain arrays (schema/grammar.fbs).
#pragma once

#include <cstdint>

#include "schema/grammar_generated.h"

namespace ringlet {

enum class GrammarKind : std::uint8_t { bytes = 0, list = 1, span = 2 };

/// A state: its kind, and flags.
struct GrammarFlags {
  static constexpr std::uint8_t kind_mask = 3;
  static constexpr std::uint8_t returns = 4;
  static constexpr std::uint8_t whole_words = 8;
  static constexpr std::uint8_t plain_loop = 16;
  static constexpr std::uint8_t spaced = 32;
  static constexpr std::uint8_t all = 63;
};

/// What the edges of a state push.
struct Pushes {
  const std::uint16_t* states = nullptr;
  std::uint32_t count = 0;
};

struct GrammarTables {
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  const std::uint8_t* flags = nullptr;
  const std::uint32_t* edge_ends = nullptr;
  const std::uint16_t* ranges = nullptr;
  const std::uint16_t* targets = nullptr;
  const std::uint16_t* edge_pushes = nullptr;
  const std::uint16_t* push_ends = nullptr;
  const std::uint16_t* pushes = nullptr;
  std::uint32_t states = 0;
  std::uint32_t depth = 0;

  GrammarTables() = default;
  /// The structure of the tables must have been checked.
  explicit GrammarTables(const schema::Grammar& g) noexcept
      : flags(g.states()->data()),
        edge_ends(g.edge_ends()->data()),
        ranges(g.edge_ranges()->data()),
        targets(g.edge_targets()->data()),
        edge_pushes(g.edge_pushes()->data()),
        push_ends(g.push_ends() == nullptr ? nullptr : g.push_ends()->data()),
        pushes(g.pushes() == nullptr ? nullptr : g.pushes()->data()),
        states(g.states()->size()),
        depth(g.depth()) {}

  // All of the following rely on verify_grammar().

  [[nodiscard]] GrammarKind kind(std::uint32_t state) const noexcept {
    return static_cast<GrammarKind>(flags[state] & GrammarFlags::kind_mask);
  }
  [[nodiscard]] bool has(std::uint32_t state, std::uint8_t flag) const noexcept {
    return (flags[state] & flag) != 0;
  }
  [[nodiscard]] std::uint32_t first_edge(std::uint32_t state) const noexcept {
    return state == 0 ? 0 : edge_ends[state - 1];
  }
  /// Of a state that reads a list: which one.
  [[nodiscard]] std::uint32_t list(std::uint32_t state) const noexcept {
    return ranges[first_edge(state)];
  }
  /// Of a state that reads a list or a run: what follows.
  [[nodiscard]] std::uint32_t next(std::uint32_t state) const noexcept {
    return targets[first_edge(state)];
  }
  [[nodiscard]] Pushes pushed_by(std::uint32_t edge) const noexcept {
    const std::uint32_t number = edge_pushes[edge];
    if (number == 0) return {};
    const std::uint32_t begin = number == 1 ? 0 : push_ends[number - 2];
    return {pushes + begin, push_ends[number - 1] - begin};
  }

  /// The edge of a state that takes a byte, or `none`.
  [[nodiscard]] std::uint32_t find_edge(std::uint32_t state, std::uint8_t byte) const noexcept {
    std::uint32_t low = first_edge(state);
    std::uint32_t high = edge_ends[state];
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      const std::uint16_t range = ranges[middle];
      if (byte > range >> 8) {
        low = middle + 1;
      } else if (byte < (range & 0xFFU)) {
        high = middle;
      } else {
        return middle;
      }
    }
    return none;
  }
};

}  // namespace ringlet
