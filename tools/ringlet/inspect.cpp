// ringlet inspect: shows the content of a model file.
#include <memory>

#include "command.hpp"
#include "inspect_report.hpp"
#include "json_text.hpp"
#include "options.hpp"

namespace ringlet::cli {

Command add_inspect(CLI::App& program) {
  struct Options {
    std::string model;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("inspect", "Show what a model file contains");
  add_model(*app, options->model);
  app->add_flag("--json", options->json, "Print JSON.");
  app->footer(
      "Shows the provenance, the architecture, the defaults, and each tensor with its format,\n"
      "CRC32C checksums and quantization error. It does not read the weights; ringlet verify\n"
      "does.\n\n"
      "Examples:\n"
      "  ringlet inspect stories.ringlet\n"
      "  ringlet inspect stories.ringlet --json | jq .architecture");
  return {app, [options] {
            const LoadedModel model = load_model(options->model);
            print(options->json ? json_text(inspect_json(model)) : inspect_text(model));
            return exit_success;
          }};
}

}  // namespace ringlet::cli
