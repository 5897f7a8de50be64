// ringlet-grammar: compiles JSON Schema, GBNF, regular expressions and choices to grammar files.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "common/emergency_exit.hpp"
#include "common/similar_name.hpp"
#include "common/visible_text.hpp"
#include "ringlet/linux/failure.hpp"
#include "run.hpp"
#include "terminal.hpp"

namespace {

using ringlet::grammar::CommandLine;

constexpr int failure = 1;
constexpr int usage_error = 2;
constexpr int broken_pipe = 141;

void print_error(const std::string& message) {
  const bool color = std::getenv("NO_COLOR") == nullptr && ::isatty(STDERR_FILENO) != 0;
  const char* label = color ? "\x1b[1;31merror:\x1b[0m" : "error:";
  // The name and content of a source must not affect a terminal.
  const std::string line = ringlet::common::visible(message, true);
  (void)std::fprintf(stderr, "ringlet-grammar: %s %s\n", label, line.c_str());
}

/// Rephrases an error of the parser for people.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> extras = app.remaining();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || extras.empty()) {
    return error.what();
  }
  const std::string& first = extras.front();
  if (!first.starts_with("-")) return "unexpected argument '" + first + "'";
  return ringlet::common::unknown_option(first, ringlet::common::similar_option(app, first));
}

/// Prints help or the version.
int print_answer(const CLI::App& app, const CLI::ParseError& answer) {
  std::ostringstream text;
  app.exit(answer, text, text);
  if (ringlet::common::write_visible(STDOUT_FILENO, text.str())) return 0;
  if (errno == EPIPE) return broken_pipe;
  throw ringlet::port::system_failure("standard output", "cannot be written", errno);
}

int run(int argc, char** argv) {
  CLI::App app("Compiles a grammar of answers: JSON Schema, GBNF, a regular expression or choices.",
               "ringlet-grammar");
  app.set_help_flag("-h,--help", "Print this help and exit.");
  CommandLine line;
  ringlet::grammar::add_options(app, line);
  try {
    app.parse(argc, argv);
    ringlet::grammar::check_options(line);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return print_answer(app, error);
    print_error(explain(app, error) + " (see ringlet-grammar --help)");
    return usage_error;
  }
  return ringlet::grammar::run(line);
}

}  // namespace

int main(int argc, char** argv) {
  ringlet::port::occupy_standard_descriptors();
  ringlet::port::report_broken_pipes();
  ringlet::common::report_bus_errors(
      "ringlet-grammar: error: reading a source failed: it was shortened, or its medium has "
      "errors\n");
  ringlet::common::report_exhausted_memory(
      "ringlet-grammar: error: this machine is out of memory\n");
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    print_error(error.what());
    return failure;
  }
}
