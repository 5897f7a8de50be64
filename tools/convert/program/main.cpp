// ringlet-convert: converts models of other formats to .ringlet files.
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
#include "convert.hpp"
#include "list_families.hpp"
#include "outline.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace {

using ringlet::convert::CommandLine;

constexpr int failure = 1;
constexpr int usage_error = 2;
constexpr int broken_pipe = 141;

void print_error(const char* message, bool color) {
  const char* label = color ? "\x1b[1;31merror:\x1b[0m" : "error:";
  // The name and content of a source must not affect a terminal.
  const std::string line = ringlet::common::visible(message, true);
  std::fprintf(stderr, "ringlet-convert: %s %s\n", label, line.c_str());
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

/// Prints a text that a user asked for, and returns the exit status.
int print_answer(const std::string& text) {
  if (ringlet::common::write_visible(STDOUT_FILENO, text)) return 0;
  if (errno == EPIPE) return broken_pipe;
  throw ringlet::port::system_failure("standard output", "cannot be written", errno);
}

/// Prints help or the version.
int print_answer(const CLI::App& app, const CLI::ParseError& answer) {
  std::ostringstream text;
  app.exit(answer, text, text);
  return print_answer(text.str());
}

int print_families(bool json) {
  using namespace ringlet::convert;
  return print_answer(json ? families_as_json()
                           : families_as_table(terminal_columns(STDOUT_FILENO)));
}

int run(int argc, char** argv, CommandLine& line) {
  CLI::App app("Converts a trained language model to a .ringlet file.", "ringlet-convert");
  app.set_help_flag("-h,--help", "Print this help and exit.");
  add_options(app, line);
  try {
    app.parse(argc, argv);
    if (line.families) return print_families(line.options.json);
    if (line.options.source.empty() && line.random.empty()) {
      throw CLI::RequiredError("SOURCE or --random");
    }
    finish_options(line);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return print_answer(app, error);
    print_error((explain(app, error) + " (see ringlet-convert --help)").c_str(), false);
    return usage_error;
  }
  if (line.options.outline) {
    ringlet::convert::write_outline_file(line.options);
  } else {
    ringlet::convert::convert(line.options);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ringlet::port::occupy_standard_descriptors();
  ringlet::port::report_broken_pipes();
  ringlet::common::report_bus_errors(
      "ringlet-convert: error: reading a source failed: it was shortened, or its medium has "
      "errors\n");
  ringlet::common::report_exhausted_memory(
      "ringlet-convert: error: this machine is out of memory\n");
  CommandLine line;
  try {
    return run(argc, argv, line);
  } catch (const std::exception& error) {
    const bool color =
        !line.no_color && std::getenv("NO_COLOR") == nullptr && ::isatty(STDERR_FILENO) != 0;
    print_error(error.what(), color);
    return failure;
  }
}
