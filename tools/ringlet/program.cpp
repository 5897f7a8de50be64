// The program `ringlet`: selects and runs a subcommand, and reports errors in one line.
#include <unistd.h>

#include <sstream>
#include <vector>

#include "command.hpp"
#include "common/emergency_exit.hpp"
#include "common/visible_text.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"
#include "usage_errors.hpp"

namespace ringlet::cli {
namespace {

constexpr const char* version = "ringlet " RINGLET_PROGRAM_VERSION;

void complain(const std::string& who, const std::string& what) {
  // If standard error has gone too, there is nobody left to tell.
  [[maybe_unused]] const bool written =
      port::write_all(STDERR_FILENO, who + ": " + common::visible(what, true) + "\n");
}

const CLI::App& chosen(CLI::App& program) {
  const std::vector<CLI::App*> used =
      program.get_subcommands([](CLI::App* app) { return app->parsed(); });
  return used.empty() ? program : *used.front();
}

/// Runs `action`. Reports its errors in one line and returns the exit status.
template <typename Action>
int report_errors(const std::string& who, Action action) {
  try {
    return action();
  } catch (const UsageError& error) {
    complain(who, error.what());
    return exit_usage;
  } catch (const OutputClosed&) {
    return exit_broken_pipe;
  } catch (const port::Failure& error) {
    complain("ringlet", error.what());
    return exit_failure;
  }
}

int dispatch(CLI::App& program, const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (!command.parser->parsed()) continue;
    return report_errors("ringlet: " + command.parser->get_name(), command.execute);
  }
  complain("ringlet", "say what to do, for example: ringlet run MODEL -p TEXT");
  [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, program.help());
  return exit_usage;
}

}  // namespace

void print_note(const std::string& line, bool color) {
  const bool dim = color && port::wants_color(STDERR_FILENO);
  const std::string text = common::visible(line, false);
  [[maybe_unused]] const bool written =
      port::write_all(STDERR_FILENO, dim ? "\033[2m" + text + "\033[0m\n" : text + "\n");
}

namespace {

int parse_and_dispatch(int argc, char** argv) {
  CLI::App program("Runs language models in a fixed amount of memory, for as long as you like.",
                   "ringlet");
  program.set_help_flag("-h,--help", "Print this help and exit.");
  program.set_version_flag("--version", version, "Print the version and exit.");
  program.require_subcommand(0, 1);
  // Lets later options override earlier ones, such as those in a script.
  program.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  program.footer(
      "ringlet-convert makes model files. See ringlet help COMMAND for options and examples.");
  const std::vector<Command> commands = {
      add_run(program),      add_plan(program),   add_inspect(program),    add_verify(program),
      add_tokenize(program), add_digest(program), add_perplexity(program), add_bench(program),
      add_prefix(program),   add_chat(program),   add_pull(program),       add_list(program),
      add_remove(program),   add_serve(program),  add_help(program)};
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {
    std::ostringstream text;
    program.exit(success, text, text);
    return report_errors("ringlet", [&text] {
      print(text.str());
      return exit_success;
    });
  } catch (const CLI::ParseError& error) {
    const CLI::App& app = chosen(program);
    complain(&app == &program ? "ringlet" : "ringlet: " + app.get_name(),
             explain(error, program, app));
    return exit_usage;
  }
  return dispatch(program, commands);
}

}  // namespace

int run_program(int argc, char** argv) {
  port::occupy_standard_descriptors();
  port::report_broken_pipes();
  common::report_bus_errors(
      "ringlet: reading a mapped file failed: it was shortened, or its medium has errors\n");
  common::report_exhausted_memory("ringlet: this machine is out of memory\n");
  try {
    return parse_and_dispatch(argc, argv);
  } catch (const std::exception& error) {
    complain("ringlet", error.what());
    return exit_failure;
  }
}

}  // namespace ringlet::cli
