// The options of ringlet-grammar.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace ringlet::grammar {

/// The options as typed.
struct CommandLine {
  std::string source;  // a file
  std::string regex;
  std::string choice;
  bool gbnf = false;
  std::string output;
  bool compact = false;
  unsigned depth = 0;
  std::string lists;
  std::string home;
  std::string home_text;
  std::string grammar;
  std::string text;
  std::vector<std::string> checks;
  unsigned samples = 0;
  std::uint64_t seed = 1;
  bool explain = false;

  [[nodiscard]] bool has_source() const {
    return !source.empty() || !regex.empty() || !choice.empty();
  }
  /// Whether something is to be printed.
  [[nodiscard]] bool asks() const { return explain || !checks.empty() || samples != 0; }
};

/// Declares all options. Parsing fills `line`, which must outlive `app`.
void add_options(CLI::App& app, CommandLine& line);

/// Throws CLI::ParseError if the options do not belong together.
void check_options(const CommandLine& line);

}  // namespace ringlet::grammar
