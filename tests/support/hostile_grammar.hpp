// Uses untrusted grammars, lists and saved states like an application.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "ringlet/status.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {

/// An input: its first byte says what the rest is (0 a grammar, 1 lists of words, 2 the trie of the
/// vocabulary, 3 a saved state of a grammar with lists), plus 4 if the checksum is put right.
/// Returns why the rest was refused. What is accepted is used: texts are followed, with their
/// masks, in exactly the planned memory.
Status exercise_grammar(std::span<const std::byte> input);

struct GrammarInput {
  std::string name;
  std::string bytes;
  std::string refusal = {};  // a part of the error; empty: accepted
};

/// Inputs of the current writers, and refused ones.
std::vector<GrammarInput> grammar_inputs();

}  // namespace ringlet::test
