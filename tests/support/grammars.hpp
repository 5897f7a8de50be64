// Grammars made by hand.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/automaton.hpp"
#include "ringlet/grammar.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {

/// Builds automata state by state.
class AutomatonMaker {
 public:
  using States = std::vector<std::uint32_t>;

  grammar::Automaton automaton{};

  std::uint32_t state(bool returns = false);
  std::uint32_t list(std::string_view name, std::uint32_t next, bool spaced = false);
  std::uint32_t span(std::uint32_t next, bool whole_words = false, bool spaced = false);
  void range(std::uint32_t from, unsigned first, unsigned last, std::uint32_t to,
             States pushes = {});
  void edge(std::uint32_t from, char byte, std::uint32_t to, States pushes = {});
  /// States for a text after `from`; its last byte leads to `to`.
  void text(std::uint32_t from, std::string_view text, std::uint32_t to);
  /// Every plain character of several bytes leads from `from` to `to`.
  void other_characters(std::uint32_t from, std::uint32_t to);
  /// Every plain character does.
  void plain_characters(std::uint32_t from, std::uint32_t to);
  /// Sorts the edges, as a file wants them.
  grammar::Automaton finish(unsigned depth);
};

/// Any JSON, nested up to a depth that stands in it, with at most one space after colons and
/// commas.
grammar::Automaton json_grammar();

/// {"room":"…"} or {"scene":"…"} with words of the lists rooms and scenes, and with or without an
/// item, a span.
grammar::Automaton lists_grammar();

/// The same with spaced words and runs, and {"both":"…"}, whose list is a state to return to.
grammar::Automaton spaced_grammar();

/// Up to three characters in quotes, which no state loops over, and a number.
grammar::Automaton counted_grammar();

/// The file of a grammar, aligned, and the view of it.
struct LoadedGrammar {
  explicit LoadedGrammar(const grammar::Automaton& automaton);

  AlignedBytes bytes;
  Grammar grammar;
};

/// A file with its checksum put right.
void seal_grammar(std::span<std::byte> file);

}  // namespace ringlet::test
