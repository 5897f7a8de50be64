// A grammar reads a text byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "grammar/grammar_tables.hpp"
#include "ringlet/grammar.hpp"

namespace ringlet {

/// Where a grammar is in a text. The stack is a chain of entries, so that positions after different
/// bytes share what they have in common.
struct GrammarPosition {
  static constexpr std::uint16_t no_entry = 0xFFFF;

  std::uint16_t state = 0;
  std::uint16_t top = no_entry;  // the entry of the stack's top
  std::uint16_t used = 0;        // entries in use, those of earlier positions included
  std::uint16_t size = 0;        // of the stack
  // Within a word of a list or a run of the text: the words that begin with the bytes so far, or
  // the places of the text, and the number of these bytes.
  std::uint16_t low = 0;
  std::uint16_t high = 0;
  std::uint16_t offset = 0;
  // In a walk: the position of the path that has all but the state of this one.
  std::uint16_t base = 0;
};
static_assert(sizeof(GrammarPosition) == 16, "the plan is the same on every target");

/// An entry of a stack: a state to return to, and the entry below.
struct StackEntry {
  std::uint16_t state;
  std::uint16_t below;
};
static_assert(sizeof(StackEntry) == 4);

/// The text whose runs a grammar reads: the places where a run can begin, in the order of what
/// follows there.
struct SpanText {
  const char* text = nullptr;
  const std::uint16_t* places = nullptr;
  std::uint16_t bytes = 0;
  std::uint16_t count = 0;

  /// The byte of a run that begins at a place, or −1 after the last one: where the text ends, or
  /// has a character that is not plain.
  [[nodiscard]] int byte(std::uint32_t index, std::uint32_t offset) const noexcept;
  /// Whether no word goes on across this point of the text.
  [[nodiscard]] bool is_border(std::uint32_t at) const noexcept;
  /// Whether the first `offset` bytes at one of these places are a run.
  [[nodiscard]] bool is_run(const GrammarPosition& p, bool whole_words) const noexcept;
  /// Whether they begin one.
  [[nodiscard]] bool begins_run(const GrammarPosition& p, bool whole_words) const noexcept;
};

/// What a step reads. `entries` has room for what the bytes of a token push.
struct Matcher {
  GrammarTables grammar;
  const std::uint32_t* live = nullptr;  // a bit for each state from which an end can be reached
  const WordList* lists = nullptr;
  SpanText span;
  StackEntry* entries = nullptr;

  [[nodiscard]] bool is_live(std::uint32_t state) const noexcept {
    return (live[state / 32] >> (state % 32) & 1) != 0;
  }

  /// Goes to a state, at its beginning.
  void enter(GrammarPosition& p, std::uint32_t state) const noexcept;

  /// Reads a byte. Returns false, with the position unspecified, if the grammar does not take it.
  [[nodiscard]] bool step(GrammarPosition& p, std::uint8_t byte) const noexcept;
  [[nodiscard]] bool step(GrammarPosition& p, std::string_view bytes) const noexcept;

  /// Whether the text may end here.
  [[nodiscard]] bool may_end(const GrammarPosition& p) const noexcept;

  /// Whether these low, high and offset can come about in the position's state.
  [[nodiscard]] bool is_reachable(const GrammarPosition& p) const noexcept;

  /// Whether the byte before was a space that is no part of the text.
  [[nodiscard]] bool is_after_space(const GrammarPosition& p) const noexcept {
    return grammar.has(p.state, GrammarFlags::spaced) && p.offset == 0;
  }

  /// Whether the word or run of a state that reads one is complete.
  [[nodiscard]] bool is_word(const GrammarPosition& p) const noexcept;

 private:
  [[nodiscard]] bool take(GrammarPosition& p, std::uint32_t edge) const noexcept;
  [[nodiscard]] bool narrow(GrammarPosition& p, std::uint8_t byte) const noexcept;
};

}  // namespace ringlet
