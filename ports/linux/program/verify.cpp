// ringlet verify: reads everything in a model file and checks it.
#include <cstdint>
#include <memory>

#include "command.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

void show_progress(void* bar, std::uint64_t done, std::uint64_t total) {
  static_cast<port::ProgressBar*>(bar)->update(done, total);
}

int execute(const std::string& path, bool quiet) {
  const LoadedModel model = load_model(path);
  port::ProgressBar bar("verify", !quiet);
  const Status status = model.model.verify_data(&show_progress, &bar);
  bar.clear();
  if (!status.ok()) throw port::failure_of(path, status);
  print(path + ": ok (structure, meaning and checksums of " +
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
      "Checks the tables, what they mean, and every byte of the weights: checksums, scales and "
      "codes.\n"
      "Exit status 0: the file is as it was written. 1: it is not, and one line says where.\n\n"
      "Example:\n"
      "  ringlet verify stories.ringlet");
  return {app, [options] { return execute(options->model, options->quiet); }};
}

}  // namespace ringlet::cli
