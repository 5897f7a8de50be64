// The program `ringlet`: finds the subcommand, runs it, and turns what went wrong into one line.
#include <unistd.h>

#include <vector>

#include "command.hpp"
#include "emergency_exit.hpp"
#include "failure.hpp"
#include "terminal.hpp"
#include "visible_text.hpp"

namespace ringlet::cli {
namespace {

constexpr const char* version = "ringlet " RINGLET_PROGRAM_VERSION;

void complain(const std::string& who, const std::string& what) {
  // Where standard error is gone too, there is nobody left to tell.
  [[maybe_unused]] const bool written =
      port::write_all(STDERR_FILENO, who + ": " + port::visible(what, true) + "\n");
}

/// What the parser objects to, in the words of a person.
std::string explain(const CLI::ParseError& error, const CLI::App& program, const CLI::App& app) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> extras = program.remaining(true);
    const std::string first = extras.empty() ? "" : extras.front();
    const std::string kind = first.starts_with("-") ? "unknown option"
                             : &app == &program     ? "unknown command"
                                                    : "unexpected argument";
    const std::string name = &app == &program ? "ringlet" : "ringlet " + app.get_name();
    return kind + " '" + first + "' (see " + name + " --help)";
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return std::string(error.what()) + " (see ringlet " + app.get_name() + " --help)";
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string message = error.what();
    return message.substr(0, message.find(':')) + " takes one value (see ringlet " +
           app.get_name() + " --help)";
  }
  return error.what();
}

const CLI::App& chosen(CLI::App& program) {
  const std::vector<CLI::App*> used =
      program.get_subcommands([](CLI::App* app) { return app->parsed(); });
  return used.empty() ? program : *used.front();
}

int dispatch(CLI::App& program, const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (!command.parser->parsed()) continue;
    const std::string who = "ringlet: " + command.parser->get_name();
    try {
      return command.execute();
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
  complain("ringlet", "say what to do, for example: ringlet run MODEL -p TEXT");
  [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, program.help());
  return exit_usage;
}

}  // namespace

void print_note(const std::string& line, bool color) {
  const bool dim = color && port::wants_color(STDERR_FILENO);
  const std::string text = port::visible(line, false);
  [[maybe_unused]] const bool written =
      port::write_all(STDERR_FILENO, dim ? "\033[2m" + text + "\033[0m\n" : text + "\n");
}

namespace {

int parse_and_dispatch(int argc, char** argv) {
  CLI::App program(
      "Language models in fixed memory: a model file, one block of RAM, text for ever.", "ringlet");
  program.set_version_flag("--version", version, "Print the version");
  program.require_subcommand(0, 1);
  program.footer(
      "Models come from ringlet-convert. See ringlet COMMAND --help for options and examples.");
  const std::vector<Command> commands = {
      add_run(program),      add_plan(program),   add_inspect(program),    add_verify(program),
      add_tokenize(program), add_digest(program), add_perplexity(program), add_bench(program),
      add_prefix(program),   add_chat(program)};
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return program.exit(success);
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
  port::report_bus_errors(
      "ringlet: reading a mapped file failed: it was shortened, or its medium has errors\n");
  port::report_exhausted_memory("ringlet: this machine is out of memory\n");
  try {
    return parse_and_dispatch(argc, argv);
  } catch (const std::exception& error) {
    complain("ringlet", error.what());
    return exit_failure;
  }
}

}  // namespace ringlet::cli
