// ringlet remove: removes models that were pulled.
#include <memory>

#include "command.hpp"
#include "model_name.hpp"
#include "parse_values.hpp"

namespace ringlet::cli {
namespace {

/// The name of a model, or of an unfinished pull.
std::string name_to_remove(const pull::ModelStore& store, const std::string& name) {
  for (const pull::UnfinishedPull& pull : store.unfinished()) {
    if (pull.name == name) return name;
  }
  return pulled_model(store, name).name;
}

int execute(const std::vector<std::string>& names) {
  const pull::ModelStore store = user_models();
  // Nothing is removed if one of the names is wrong.
  std::vector<std::string> found;
  for (const std::string& name : names) found.push_back(name_to_remove(store, name));
  for (const std::string& name : found) {
    const pull::ModelLock lock(store, name);
    print_note("removed " + name + ", " + human_bytes(store.remove(name)), true);
  }
  return exit_success;
}

}  // namespace

Command add_remove(CLI::App& program) {
  const auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* app = program.add_subcommand("remove", "Remove models that were pulled");
  app->add_option("NAME", *names, "Names, as ringlet list shows them.")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("");
  app->footer(
      "Also removes what an unfinished pull has downloaded. Programs that run the model go on.\n\n"
      "Examples:\n"
      "  ringlet remove smollm2-360m-instruct");
  return {app, [names] { return execute(*names); }};
}

}  // namespace ringlet::cli
