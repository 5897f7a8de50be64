// Declarations that the subcommands of `ringlet` share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ringlet::cli {

/// Exit statuses. An interrupted run ends with 128 plus the signal's number, as shells expect.
inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_broken_pipe = 141;

/// A subcommand: its parser and the function that runs it.
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
Command add_pull(CLI::App& program);
Command add_list(CLI::App& program);
Command add_remove(CLI::App& program);
Command add_serve(CLI::App& program);
/// Adds `help`, which prints the help of the other commands. Call it after adding them.
Command add_help(CLI::App& program);

/// Parses the command line, runs the subcommand, and returns the exit status.
int run_program(int argc, char** argv);

/// A combination of arguments that the parser cannot check. Ends with exit_usage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The reader of standard output has gone. The program ends silently.
class OutputClosed : public std::exception {};

/// Writes a result to standard output. Throws OutputClosed or Failure.
void print(std::string_view text);

/// Writes a line for the person at the terminal to standard error, dimmed if `color` and the
/// terminal allow it.
void print_note(const std::string& line, bool color);

/// Throws the exception for a failed write to standard output, from its errno.
[[noreturn]] void throw_output_error(int error);

/// What an error calls the file that read_text() reads.
[[nodiscard]] std::string name_of_input(const std::string& path);

/// Returns the content of a file, or of standard input if `path` is "-". Throws Failure.
[[nodiscard]] std::string read_text(const std::string& path);

/// Removes one newline from the end of a text, which editors and `echo` add unintentionally.
void drop_final_newline(std::string& text);

}  // namespace ringlet::cli
