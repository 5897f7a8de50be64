// ringlet-convert: a model from elsewhere to a .ringlet file.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "command_line.hpp"
#include "convert.hpp"
#include "emergency_exit.hpp"
#include "terminal.hpp"
#include "visible_text.hpp"

namespace {

using ringlet::convert::CommandLine;

constexpr int failure = 1;
constexpr int usage_error = 2;

void print_error(const char* message, bool color) {
  const char* label = color ? "\x1b[1;31merror:\x1b[0m" : "error:";
  // What a source is called, or has in it, must not act on a terminal.
  const std::string line = ringlet::port::visible(message, true);
  std::fprintf(stderr, "ringlet-convert: %s %s\n", label, line.c_str());
}

int run(int argc, char** argv, CommandLine& line) {
  CLI::App app("Converts a language model to a .ringlet file.", "ringlet-convert");
  add_options(app, line);
  try {
    app.parse(argc, argv);
    if (line.options.source.empty() && line.random.empty()) {
      throw CLI::RequiredError("SOURCE or --random");
    }
    finish_options(line);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    print_error((std::string(error.what()) + " (see ringlet-convert --help)").c_str(), false);
    return usage_error;
  }
  ringlet::convert::convert(line.options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ringlet::port::occupy_standard_descriptors();
  ringlet::port::report_broken_pipes();
  ringlet::port::report_bus_errors(
      "ringlet-convert: error: reading a source failed: it was shortened, or its medium has "
      "errors\n");
  ringlet::port::report_exhausted_memory("ringlet-convert: error: this machine is out of memory\n");
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
