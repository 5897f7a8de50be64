// Options about what an answer must look like: --grammar, --json-schema, --choice, --lists,
// --grammar-confidence and --span-bytes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringlet::cli {

struct GrammarSettings {
  std::vector<std::string> grammars;  // compiled, or GBNF; several only where they are planned for
  std::string schema;
  std::string choice;
  std::string lists;
  std::optional<float> confidence;          // the least; absent: any answer is given
  std::optional<std::uint64_t> span_bytes;  // of the longest text for spans; absent: the most

  /// Whether an answer is restricted at all.
  [[nodiscard]] bool restrict_answers() const {
    return !grammars.empty() || !schema.empty() || !choice.empty();
  }
};

/// Adds --grammar, --json-schema, --choice and --lists.
void add_grammar_options(CLI::App& app, GrammarSettings& settings);

/// Adds --grammar-confidence, for commands that can hold an answer back.
void add_confidence_option(CLI::App& app, GrammarSettings& settings);

/// Adds --span-bytes, for plans of sessions whose application knows how long its texts are.
void add_span_option(CLI::App& app, GrammarSettings& settings);

/// Throws UsageError for options that need a grammar where there is none, and for two grammars.
void check_grammar_options(const GrammarSettings& settings);

}  // namespace ringlet::cli
