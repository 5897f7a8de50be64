// ringlet prefix: the state after a prompt, as a file that sessions start from.
#include <memory>
#include <vector>

#include "command.hpp"
#include "encode_text.hpp"
#include "failure.hpp"
#include "image_file.hpp"
#include "options.hpp"
#include "prefill_choice.hpp"
#include "ringlet/tokenizer.hpp"
#include "terminal.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

struct PrefixOptions {
  std::string model;
  std::string prompt;
  std::string prompt_file;
  std::string output;
  SessionOptions session;
  bool pin = false;
  bool quiet = false;
};

std::string prompt_of(const PrefixOptions& options) {
  if (options.prompt.empty() == options.prompt_file.empty()) {
    throw UsageError("give one prompt: -p TEXT or -f FILE");
  }
  if (options.prompt_file.empty()) return options.prompt;
  std::string text = read_text(options.prompt_file);
  drop_final_newline(text);
  return text;
}

/// The tokens of the text from its beginning on, as `ringlet run` would have them.
std::vector<TokenId> tokens_of(const LoadedModel& model, std::string_view text) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (!tokenizer.ok()) throw port::failure_of(model.path, tokenizer.status());
  std::vector<TokenId> tokens;
  if (tokenizer->adds_bos()) tokens.push_back(tokenizer->bos());
  const Status status = port::encode_text(*tokenizer, text, tokens);
  if (!status.ok()) throw port::failure_of(model.path, status);
  return tokens;
}

void pin(const LoadedModel& model, std::size_t tokens, Config& config) {
  const std::uint32_t context = effective_context(model.model, config);
  if (tokens >= context) {
    throw port::Failure("the prompt has " + std::to_string(tokens) +
                        " tokens, which --pin cannot keep in a context of " +
                        std::to_string(context) + "; shorten it or raise --context");
  }
  config.sinks = static_cast<std::uint32_t>(tokens);
}

void prefill(const LoadedModel& model, Session& session, std::span<const TokenId> tokens,
             bool progress) {
  port::ProgressBar bar("prefill", progress);
  const auto show = [](void* context, std::uint64_t done, std::uint64_t total) {
    static_cast<port::ProgressBar*>(context)->update(done, total);
    return true;
  };
  const Status status = session.prefill(tokens, {show, &bar});
  bar.clear();
  if (!status.ok()) throw port::failure_of(model.path, status);
}

int execute(PrefixOptions options) {
  const std::string prompt = prompt_of(options);
  port::OutputFile output(options.output);
  const LoadedModel model = load_model(options.model);
  const std::vector<TokenId> tokens = tokens_of(model, prompt);
  if (options.pin) pin(model, tokens.size(), options.session.config);
  LoadedSession loaded = make_session(model, options.session);
  Session& session = loaded.session;
  // The repetition penalty is to know these tokens too.
  Result<Sampler> sampler =
      Sampler::create({.repeat_window = session.config().repeat_window},
                      model.model.architecture().vocab_size, session.sampler_workspace());
  if (!sampler.ok()) throw port::failure_of(model.path, sampler.status());
  for (const TokenId token : tokens) sampler->observe(token);
  prefill(model, session, tokens, !options.quiet);
  const std::uint64_t bytes = save_image(output, session, &*sampler);
  if (!options.quiet) {
    print_note(options.output + ": " + with_commas(tokens.size()) + " tokens" +
                   (options.pin ? ", pinned" : "") + ", " + with_commas(bytes) + " bytes",
               false);
  }
  return exit_success;
}

}  // namespace

Command add_prefix(CLI::App& program) {
  const auto options = std::make_shared<PrefixOptions>();
  CLI::App* app = program.add_subcommand("prefix", "Save the state after a prompt to start from");
  add_model(*app, options->model);
  app->add_option("-p,--prompt", options->prompt, "The prompt")->type_name("TEXT");
  app->add_option("-f,--file", options->prompt_file, "Read the prompt from a file")
      ->type_name("FILE");
  app->add_option("-o,--output", options->output, "The file to write")
      ->required()
      ->type_name("FILE");
  app->add_flag("--pin", options->pin,
                "Keep the whole prompt for ever: as many sinks as it has tokens");
  add_memory_options(*app, options->session);
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
  app->add_flag("-q,--quiet", options->quiet, "No note and no progress");
  app->footer(
      "run --prefix FILE starts after the prompt at once, with the same bits as if it had been\n"
      "given the prompt, and reads the sinks where they lie in the file, which any number of\n"
      "sessions share. The file is the image that firmware starts from, too, out of flash.\n\n"
      "Examples:\n"
      "  ringlet prefix stories.ringlet -p \"Once upon a time\" -o once.prefix\n"
      "  ringlet prefix stories.ringlet -f system.txt --pin --context 512 -o system.prefix\n"
      "  ringlet run stories.ringlet --prefix system.prefix -p \" Tell me more.\"");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
