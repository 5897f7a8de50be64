// ringlet help: prints the same text as --help.
#include <memory>

#include "command.hpp"

namespace ringlet::cli {
namespace {

/// Not app.help(), which a chosen command answers instead of the program.
void print_help(const CLI::App& app, const std::string& name) {
  print(app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal) + "\n");
}

int execute(const CLI::App& program, const std::string& name) {
  if (name.empty()) {
    print_help(program, program.get_name());
    return exit_success;
  }
  for (const CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (app->get_name() != name) continue;
    print_help(*app, program.get_name() + " " + name);
    return exit_success;
  }
  throw UsageError("unknown command '" + name + "' (see ringlet help)");
}

}  // namespace

Command add_help(CLI::App& program) {
  const auto name = std::make_shared<std::string>();
  CLI::App* app = program.add_subcommand("help", "Show this help, or that of a command");
  app->add_option("COMMAND", *name, "Command to explain.")->type_name("");
  app->footer("Examples:\n  ringlet help\n  ringlet help run");
  return {app, [&program, name] { return execute(program, *name); }};
}

}  // namespace ringlet::cli
