// The kinds of sources of a grammar, by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/automaton.hpp"
#include "grammar/compile.hpp"
#include "grammar/grammar.hpp"
#include "grammar/json_writing.hpp"

namespace ringlet::grammar {

enum class SourceKind : std::uint8_t { json_schema, gbnf, regular_expression, choice };

struct CompileOptions {
  Whitespace whitespace = Whitespace::one;  // of JSON
  unsigned depth = default_depth;
};

struct Compiled {
  Automaton automaton;
  std::vector<std::string> notes;  // what the user should know
};

/// Compiles a source. `name` is for messages, usually a file. A choice is a list of texts with
/// commas between; "\," is a comma, "\\" a backslash. Throws port::Failure with one sentence.
[[nodiscard]] Compiled compile_source(SourceKind kind, std::string_view text,
                                      const std::string& name, const CompileOptions& options);

}  // namespace ringlet::grammar
