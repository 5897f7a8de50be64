// GBNF, the grammars of llama.cpp (grammars/README.md of that project defines them).
#pragma once

#include <string>
#include <string_view>

#include "grammar/grammar.hpp"

namespace ringlet::grammar {

/// Reads a grammar; rule 0 is `root`. `name` is for messages. Throws port::Failure with the place.
/// Tokens (`<think>`, `!<[12]>`) are refused, because the automaton reads bytes.
[[nodiscard]] Grammar read_gbnf(std::string_view text, const std::string& name);

}  // namespace ringlet::grammar
