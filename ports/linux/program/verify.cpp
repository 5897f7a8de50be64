// ringlet verify: reads everything in a model file and checks it.
#include <cstdint>
#include <memory>

#include "command.hpp"
#include "options.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

int execute(const std::string& path, bool quiet) {
  const LoadedModel model = load_model(path);
  verify_weights(model, !quiet);
  print(model.path + ": ok (structure, meaning and checksums of " +
        human_bytes(model.file.bytes().size()) + ")\n");
  return exit_success;
}

}  // namespace

Command add_verify(CLI::App& program) {
  struct Options {
    std::string model;
    bool quiet = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("verify", "Check a model file completely");
  add_model(*app, options->model);
  app->add_flag("-q,--quiet", options->quiet, "No progress");
  app->footer(
      "Checks the tables, what they mean, and every byte of the weights: checksums, scales,\n"
      "codes. Exit status 0: the file is as it was written. 1: it is not; one line says where.\n\n"
      "Example:\n"
      "  ringlet verify stories.ringlet");
  return {app, [options] { return execute(options->model, options->quiet); }};
}

}  // namespace ringlet::cli
