// ringlet prefix: saves the state after a prompt as a file for sessions to start from.
#include <memory>
#include <vector>

#include "command.hpp"
#include "encode_text.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "prefill_choice.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/tokenizer.hpp"
#include "run_report.hpp"
#include "snapshot_file.hpp"
#include "terminal.hpp"
#include "text_options.hpp"

namespace ringlet::cli {
namespace {

struct PrefixOptions {
  std::string model;
  std::string prompt;
  std::string prompt_file;
  std::string output;
  TextOptions text;
  SessionOptions session;
  bool special = false;
  bool pin = false;
  bool quiet = false;
};

std::string prompt_of(const PrefixOptions& options) {
  if (options.prompt.empty() == options.prompt_file.empty()) {
    throw UsageError("give one prompt: -p TEXT or -f FILE");
  }
  if (options.prompt_file.empty()) return options.text.read(options.prompt);
  std::string text = read_text(options.prompt_file);
  drop_final_newline(text);
  return text;
}

/// The tokens of the text from its beginning, like those of `ringlet run`.
std::vector<TokenId> tokens_of(const LoadedModel& model, std::string_view text, bool special) {
  const Tokenizer tokenizer = open_tokenizer(model);
  std::vector<TokenId> tokens;
  if (tokenizer.adds_bos()) tokens.push_back(tokenizer.bos());
  const Status status = port::encode_text(tokenizer, text, tokens, {.enabled = special});
  if (!status.ok()) throw port::failure_of(model.path, status);
  return tokens;
}

void pin(const LoadedModel& model, std::size_t tokens, Config& config) {
  const std::uint32_t context = effective_context(model.model, config);
  if (tokens >= context) {
    const std::uint32_t trained = model.model.architecture().trained_context;
    throw UsageError(
        "--pin: the prompt has " + with_commas(tokens) + " tokens, and a context of " +
        with_commas(context) + " keeps at most " + with_commas(context - 1) + "; shorten it" +
        (tokens < trained ? ", or use --context " + std::to_string(trained) : std::string()));
  }
  config.sinks = static_cast<std::uint32_t>(tokens);
}

void prefill(const LoadedModel& model, Session& session, std::span<const TokenId> tokens,
             bool progress) {
  PrefillWatch watch(progress);
  const Status status = session.prefill(tokens, watch.progress());
  if (!status.ok()) throw port::failure_of(model.path, status);
}

int execute(PrefixOptions options) {
  const std::string prompt = prompt_of(options);
  common::OutputFile output(options.output);
  const LoadedModel model = load_model(options.model);
  const std::vector<TokenId> tokens = tokens_of(model, prompt, options.special);
  if (options.pin) pin(model, tokens.size(), options.session.config);
  LoadedSession loaded = make_session(model, options.session);
  Session& session = loaded.session;
  // The repetition penalty must know these tokens too.
  Result<Sampler> sampler = session.sampler({.repeat_window = session.config().repeat_window});
  if (!sampler.ok()) throw port::failure_of(model.path, sampler.status());
  for (const TokenId token : tokens) sampler->observe(token);
  prefill(model, session, tokens, !options.quiet);
  const std::uint64_t bytes = save_snapshot(output, session, &*sampler);
  if (!options.quiet) {
    print_note(options.output + ": " + with_commas(tokens.size()) +
                   plural(tokens.size(), " token") + (options.pin ? ", pinned" : "") + ", " +
                   with_commas(bytes) + " bytes",
               false);
  }
  return exit_success;
}

}  // namespace

Command add_prefix(CLI::App& program) {
  const auto options = std::make_shared<PrefixOptions>();
  CLI::App* app = program.add_subcommand(
      "prefix", "Compute a prompt once and save it for sessions to start from");
  add_model(*app, options->model);
  app->add_option("-p,--prompt", options->prompt, "Prompt.")->type_name("TEXT");
  add_file(*app, "-f,--file", options->prompt_file, "Read the prompt from a file.");
  add_escape_option(*app, options->text);
  add_file(*app, "-o,--output", options->output, "File to write.")->required();
  app->add_flag("--special", options->special,
                "Read control tokens spelled in the prompt (\"<|im_end|>\") as tokens.");
  app->add_flag("--pin", options->pin,
                "Never evict the prompt: use as many sinks as it has tokens.");
  add_memory_options(*app, options->session);
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
  app->add_flag("-q,--quiet", options->quiet, "Show no progress and no summary.");
  app->footer(
      "run --prefix FILE starts after the prompt at once, with the same bits as if it had read\n"
      "the prompt itself. It reads the sinks in place, so any number of sessions share the file.\n"
      "Firmware can start from the same file in flash.\n\n"
      "Examples:\n"
      "  ringlet prefix stories.ringlet -p \"Once upon a time\" -o once.prefix\n"
      "  ringlet prefix stories.ringlet -f system.txt --pin --context 512 -o system.prefix\n"
      "  ringlet run stories.ringlet --prefix system.prefix -p \" Tell me more.\"");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
