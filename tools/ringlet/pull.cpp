// ringlet pull: from the name of a model on the hub to a model file of this machine.
#include <filesystem>
#include <memory>
#include <optional>

#include "command.hpp"
#include "model_name.hpp"
#include "parse_values.hpp"
#include "pull/http.hpp"
#include "pull/source_name.hpp"
#include "pull_job.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

struct PullCommand {
  std::string source;
  std::optional<std::uint64_t> retries;
  PullOptions options;
};

pull::SourceName source_of(const std::string& text) {
  try {
    return pull::parse_source_name(text);
  } catch (const port::Failure& failure) {
    throw UsageError(failure.what());
  }
}

int execute(const PullCommand& command) {
  const pull::SourceName source = source_of(command.source);
  pull::require_network();
  pull::HubSettings settings = pull::hub_settings();
  if (command.retries) settings.retries = static_cast<std::uint32_t>(*command.retries);
  const port::InterruptWatch watch;
  try {
    PullJob(command.options, source, settings).run();
    return exit_success;
  } catch (const pull::Interrupted&) {
    print_note("ringlet: interrupted; the same command continues where it stopped", false);
    return 128 + port::InterruptWatch::signal();
  }
}

std::string check_name(const std::string& name) {
  if (pull::is_model_name(name)) return {};
  return "'" + name +
         "' cannot be a name; use up to 100 letters, digits, '.', '_' and '-', a "
         "letter or digit first";
}

}  // namespace

Command add_pull(CLI::App& program) {
  const auto command = std::make_shared<PullCommand>();
  PullOptions& options = command->options;
  CLI::App* app = program.add_subcommand("pull", "Get a model from Hugging Face and convert it");
  app->add_option("SOURCE", command->source,
                  "OWNER/NAME, OWNER/NAME@REVISION, or a GGUF file: OWNER/NAME:Q4_0,\n"
                  "OWNER/NAME/FILE.gguf.")
      ->required()
      ->type_name("");
  app->add_option("--name", options.name,
                  "Name of the model here (default: the repository's, in lower case).")
      ->check(check_name, "", "")
      ->type_name("NAME");
  add_choice(*app, "--weights", options.weights, {"int4", "int8", "f16", "f32"},
             "Format of the layers' matrices (default: int4, or what loses nothing).");
  add_choice(*app, "--calibrate", options.calibrate, {"own", "none"},
             "Fit INT4 to text that the model writes (own), or only round, which is faster (none)\n"
             "(default: own, for unquantized weights up to 2 billion).");
  app->add_flag("--keep-source", options.keep_source,
                "Keep the downloaded files, in a folder NAME.source beside the model.");
  app->add_flag("--dry-run", options.dry_run, "Say what would be downloaded, and stop.");
  app->add_flag("-y,--yes", options.yes,
                "Go on if the model seems too large for this machine, or not convertible.");
  add_count(*app, "--retries", command->retries, {0, 1000},
            "Attempts after a failed one, while nothing arrives (default: 5).");
  app->add_flag("-q,--quiet", options.quiet, "Print errors only.");
  app->footer(
      "Afterwards every command takes the name of the model, without a network. The same command\n"
      "continues an interrupted download, and brings a newer revision. Checksums are those of the\n"
      "hub. ringlet-convert, beside this program, converts with its defaults.\n\n"
      "Private and gated models need a token: in HF_TOKEN, or where huggingface_hub keeps it\n"
      "(~/.cache/huggingface/token). HF_ENDPOINT names a mirror.\n\n"
      "Examples:\n"
      "  ringlet pull HuggingFaceTB/SmolLM2-360M-Instruct\n"
      "  ringlet chat smollm2-360m-instruct\n"
      "  ringlet pull HuggingFaceTB/SmolLM2-135M@main --weights int8 --name small\n"
      "  ringlet pull bartowski/SmolLM2-360M-Instruct-GGUF:Q8_0");
  return {app, [command] { return execute(*command); }};
}

}  // namespace ringlet::cli
