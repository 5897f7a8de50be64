// Writes compiled grammars and lists of words as files (schema/grammar.fbs, words.fbs).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/automaton.hpp"

namespace ringlet::grammar {

/// The file of a grammar. Throws port::Failure for an automaton that Grammar::open would refuse:
/// one that is too large, or that breaks a rule of automaton.hpp.
std::vector<std::byte> write_grammar(const Automaton& automaton);

/// Whether a file begins as one of write_grammar() does. The rest can still be damaged.
bool is_grammar_file(std::string_view bytes);

/// A named list of words, in any order.
struct NamedWords {
  std::string name;
  std::vector<std::string> words;
};

/// The file of lists, for WordLists::open. Words that occur twice are written once. Throws
/// port::Failure for a word that the runtime would refuse, and for two lists of one name.
std::vector<std::byte> write_words(const std::vector<NamedWords>& lists);

/// Whether a file begins as one of write_words() does.
bool is_words_file(std::string_view bytes);

}  // namespace ringlet::grammar
