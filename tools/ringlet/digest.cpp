// ringlet digest: prints the number that must be equal on every machine.
#include "ringlet/digest.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "command.hpp"
#include "json_text.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"
#include "snapshot_file.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most_steps = 1U << 30;
constexpr std::uint32_t default_context = 64;  // short, so that the ring wraps

struct DigestCommandOptions {
  std::string model;
  SessionOptions session;
  std::uint32_t tokens = 128;
  std::uint32_t chunk = 1;
  std::string prefix_file;
  bool json = false;
};

int execute(const CLI::App& app, DigestCommandOptions options) {
  const LoadedModel model = load_model(options.model);
  std::optional<LoadedSnapshot> prefix;
  if (!options.prefix_file.empty()) {
    prefix = load_snapshot(options.prefix_file, model);
    complete_from_snapshot(app, prefix->info, options.session);
    read_sinks_in_place(*prefix, options.session);
  }
  if (options.session.config.context == 0) {
    options.session.config.context =
        std::min(default_context, model.model.architecture().trained_context);
  }
  LoadedSession loaded = make_session(model, options.session);
  if (prefix) restore_snapshot(*prefix, loaded.session, nullptr);
  const Result<std::uint64_t> result = digest(
      loaded.session, {.tokens = options.tokens, .chunk = options.chunk, .from_start = !prefix});
  if (!result.ok()) throw port::failure_of(model.path, result.status());
  const std::string number = format("%016llx", static_cast<unsigned long long>(*result));
  if (!options.json) {
    print(number + "\n");
    return exit_success;
  }
  const Config config = options.session.complete_config(model.model);
  const nlohmann::ordered_json document = {{"model", model.name()},
                                           {"digest", number},
                                           {"tokens", options.tokens},
                                           {"context", config.context},
                                           {"sinks", config.sinks},
                                           {"kv", describe_kv(model.model, config)},
                                           {"hot_window", config.hot_window},
                                           {"chunk", options.chunk},
                                           {"prefill_chunk", config.prefill_chunk},
                                           {"isa", name_of(*loaded.kernels)}};
  print(json_text(document));
  return exit_success;
}

}  // namespace

Command add_digest(CLI::App& program) {
  const auto options = std::make_shared<DigestCommandOptions>();
  CLI::App* app =
      program.add_subcommand("digest", "Print a digest of the logits of a fixed sequence");
  add_model(*app, options->model);
  add_count(*app, "-n", options->tokens, {1, most_steps}, "Tokens to decode (default: 128).");
  add_count(*app, "--chunk", options->chunk, {1, most_steps},
            "Tokens per call; does not change the digest (default: 1).");
  add_file(*app, "--prefix", options->prefix_file, "Start from a file that ringlet prefix wrote.");
  app->add_flag("--json", options->json, "Print JSON.");
  add_memory_options(*app, options->session);
  app->get_option("--context")->description("Tokens that attention sees at once (default: 64).");
  add_speed_options(*app, options->session);
  app->footer(
      "The digest is the same on every machine, with every instruction set, and however the\n"
      "tokens are divided into calls and chunks. It depends on the model, -n, --context, --sinks,\n"
      "--kv, --prefix and, for an INT4 cache, --hot-window. The context is short by default, so\n"
      "that the ring wraps.\n\n"
      "It is a 64-bit FNV-1a hash of the little-endian float32 logits after every 16th token and\n"
      "after the last. Token 0 is the begin-of-text token; token i is\n"
      "((i * 2654435761 mod 2^32) >> 8) mod the vocabulary size.\n\n"
      "Examples:\n"
      "  ringlet digest stories.ringlet\n"
      "  ringlet digest stories.ringlet -n 1000 --context 128 --kv f16 --json\n"
      "  ringlet digest stories.ringlet --prefix once.prefix");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
