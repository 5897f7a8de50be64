// What the subcommands of `ringlet` have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ringlet::cli {

/// Exit statuses; an interrupted run ends with 128 plus the signal's number, as a shell expects.
inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_broken_pipe = 141;

/// A subcommand: its parser, and what it does when it was chosen.
struct Command {
  CLI::App* parser;
  std::function<int()> execute;
};

Command add_run(CLI::App& program);
Command add_plan(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_verify(CLI::App& program);
Command add_tokenize(CLI::App& program);
Command add_digest(CLI::App& program);
Command add_perplexity(CLI::App& program);
Command add_bench(CLI::App& program);
Command add_chat(CLI::App& program);
Command add_prefix(CLI::App& program);

/// Parses the command line, runs the subcommand, and returns the exit status.
int run_program(int argc, char** argv);

/// A combination of arguments that the parser cannot judge; ends in exit_usage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The reader of standard output has gone; the program ends without a word.
class OutputClosed : public std::exception {};

/// Writes a result to standard output. Throws OutputClosed or Failure.
void print(std::string_view text);

/// Writes a line for the person at the terminal to standard error, dimmed where `color` and the
/// terminal allow it.
void print_note(const std::string& line, bool color);

/// Throws what a failed write to standard output means, from errno.
[[noreturn]] void throw_output_error(int error);

/// All of a file, or of standard input when `path` is "-". Throws Failure.
[[nodiscard]] std::string read_text(const std::string& path);

/// Removes one newline from the end of a text, which editors and `echo` add and nobody means.
void drop_final_newline(std::string& text);

}  // namespace ringlet::cli
