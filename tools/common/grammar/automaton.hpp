// What a grammar is compiled to: a deterministic automaton over bytes with a stack of states to
// return to. schema/grammar.fbs describes it in a file, runtime/grammar runs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ringlet::grammar {

/// The bytes `first` to `last`, inclusive, lead to `target`.
struct Edge {
  std::uint8_t first = 0;
  std::uint8_t last = 0;
  std::uint32_t target = 0;
  /// States to return to, which are pushed before the step to `target`, the outermost first. Mostly
  /// empty.
  std::vector<std::uint32_t> pushes{};
};

/// What a state reads: a byte that one of its edges takes; a word of a list that is given at run
/// time; a contiguous run of a text that is given at run time.
enum class StateKind : std::uint8_t { bytes = 0, list = 1, span = 2 };

struct State {
  StateKind kind = StateKind::bytes;
  /// Kind bytes only: sorted and disjoint.
  std::vector<Edge> edges{};
  /// Kind bytes only: a byte that no edge takes pops the stack and is tried in the popped state.
  /// With an empty stack the text may end here.
  bool returns = false;
  /// Kind list: index in Automaton::lists. A byte that continues no word is tried in `next`, if the
  /// bytes so far are a word.
  std::uint32_t list = 0;
  /// Kinds list and span: the state after the word or run, of kind bytes.
  std::uint32_t next = 0;
  /// Kind span: the run begins and ends at borders of words (white space, punctuation or an end of
  /// the text is beside it).
  bool whole_words = false;
  /// Kinds list and span: a model writes a space in front, which is no part of the text. The state
  /// as it is here reads the text; a file of grammar_file.hpp reads the space too.
  bool spaced = false;
};

struct Automaton {
  /// State 0 is the start, with an empty stack.
  std::vector<State> states{};
  /// Names of the lists that are filled at run time.
  std::vector<std::string> lists{};
  /// The greatest number of states on the stack, at most 64.
  unsigned depth = 0;
};

}  // namespace ringlet::grammar
