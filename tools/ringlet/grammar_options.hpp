// Options about what an answer must look like: --grammar, --json-schema, --choice, --lists and
// --grammar-confidence.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace ringlet::cli {

struct GrammarSettings {
  std::string grammar;  // compiled, or GBNF
  std::string schema;
  std::string choice;
  std::string lists;
  std::optional<float> confidence;  // the least; absent: any answer is given

  /// Whether an answer is restricted at all.
  [[nodiscard]] bool restrict_answers() const {
    return !grammar.empty() || !schema.empty() || !choice.empty();
  }
};

void add_grammar_options(CLI::App& app, GrammarSettings& settings);

/// Adds --grammar-confidence, for commands that can hold an answer back.
void add_confidence_option(CLI::App& app, GrammarSettings& settings);

/// Throws UsageError for options that need a grammar where there is none, and for two grammars.
void check_grammar_options(const GrammarSettings& settings);

}  // namespace ringlet::cli
