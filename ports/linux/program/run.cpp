// ringlet run: completes a prompt.
#include <unistd.h>

#include <limits>
#include <memory>
#include <optional>

#include "command.hpp"
#include "failure.hpp"
#include "generation.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

// Up to this size reading all weights before the first token goes unnoticed.
constexpr std::uint64_t quickly_verified = 64U << 20;

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

struct RunOptions {
  std::string model;
  std::string prompt;
  std::string prompt_file;
  std::string standard_input;  // "-" when the prompt comes from there
  std::uint64_t limit = 256;
  SessionOptions session;
  SamplingOptions sampling;
  bool no_echo = false;
  bool ignore_eos = false;
  bool special = false;
  std::optional<bool> verify;
  std::optional<std::uint64_t> stats_seconds;
  bool quiet = false;
  bool no_color = false;
};

std::string prompt_of(const RunOptions& options) {
  const bool from_input = !options.standard_input.empty();
  const bool from_file = !options.prompt_file.empty();
  if (from_input && options.standard_input != "-") {
    throw UsageError("'" + options.standard_input +
                     "' is not expected; give the prompt with -p TEXT");
  }
  if (int{from_input} + int{from_file} + int{!options.prompt.empty()} > 1) {
    throw UsageError("give one prompt: -p TEXT, -f FILE, or - for standard input");
  }
  if (!from_input && !from_file) return options.prompt;
  std::string text = read_text(from_input ? "-" : options.prompt_file);
  drop_final_newline(text);
  return text;
}

/// " at 12.3 tok/s", or nothing where there is nothing to divide.
std::string rate(std::uint64_t tokens, std::uint64_t nanoseconds) {
  if (tokens == 0 || nanoseconds == 0) return "";
  return format(" at %.1f tok/s",
                static_cast<double>(tokens) * 1e9 / static_cast<double>(nanoseconds));
}

double milliseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

std::string statistics(const RunReport& report, const Session& session,
                       const SamplerOptions& sampling) {
  std::string line = "prompt " + std::to_string(report.prompt_tokens) + " tokens" +
                     rate(report.prompt_tokens, report.prompt_nanoseconds);
  line += " | generated " + std::to_string(report.generated_tokens) + " tokens" +
          rate(report.latencies.count(), report.generation_nanoseconds);
  if (report.generated_tokens > 0) {
    line += format(" | first token after %.2f ms", milliseconds(report.first_token_nanoseconds));
  }
  if (report.latencies.count() > 0) {
    line += format(" | per token p50 %.2f ms, p99 %.2f ms",
                   milliseconds(report.latencies.quantile(0.5)),
                   milliseconds(report.latencies.quantile(0.99)));
  }
  line += " | RAM " + human_bytes(session.memory_plan().total());
  if (sampling.temperature > 0) line += " | seed " + std::to_string(sampling.seed);
  return line;
}

int exit_status(const RunReport& report, const std::string& model, const Config& config) {
  if (std::string_view(report.status.where()) == "longest_word") {
    throw port::Failure("prompt: has a word of more than " + std::to_string(config.longest_word) +
                        " bytes; make room for it with --longest-word N");
  }
  switch (report.ending) {
    case Ending::interrupted:
      return 128 + port::InterruptWatch::signal();
    case Ending::output_error:
      throw_output_error(report.output_error);
    case Ending::failed:
      throw port::failure_of(model, report.status);
    case Ending::limit:
    case Ending::end_of_text:
      break;
  }
  return exit_success;
}

/// "ringlet run -" names no model.
void take_dash_for_input(RunOptions& options) {
  if (options.model != "-" || !options.standard_input.empty()) return;
  options.standard_input = options.model;
  options.model.clear();
}

int execute(RunOptions options) {
  take_dash_for_input(options);
  const std::string prompt = prompt_of(options);
  const LoadedModel model = load_model(options.model);
  if (options.verify.value_or(model.file.bytes().size() <= quickly_verified)) {
    verify_weights(model, !options.quiet);
  }
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (!tokenizer.ok()) throw port::failure_of(model.path, tokenizer.status());
  if (prompt.empty() && !tokenizer->adds_bos()) {
    throw UsageError("the model has no token to begin a text with; give a prompt with -p TEXT");
  }
  LoadedSession loaded = make_session(model, options.session);
  Session& session = loaded.session;
  const SamplerOptions sampling = options.sampling.complete(model.model, session.config());
  Result<Sampler> sampler =
      Sampler::create(sampling, model.model.architecture().vocab_size, session.sampler_workspace());
  if (!sampler.ok()) throw setting_failure(model.path, sampler.status());
  const bool color = !options.no_color;
  const auto generation = std::make_unique<Generation>(
      session, *tokenizer, *sampler,
      GenerationOptions{.prompt = prompt,
                        .limit = options.limit,
                        .echo = !options.no_echo,
                        .highlight = color && port::wants_color(STDOUT_FILENO),
                        .ignore_end = options.ignore_eos,
                        .stats_seconds = options.stats_seconds.value_or(0),
                        .dim_stats = color && port::wants_color(STDERR_FILENO),
                        .progress = !options.quiet,
                        .special = options.special},
      loaded.tuner(options.session));
  const port::InterruptWatch watch;
  const RunReport& report = generation->run();
  const bool counted = report.ending != Ending::failed && report.ending != Ending::output_error;
  if (counted && !options.quiet) print_note(statistics(report, session, sampling), color);
  return exit_status(report, model.path, session.config());
}

CLI::Option* add_limit(CLI::App& app, std::uint64_t& limit) {
  const auto accept = [&limit](const std::string& value) {
    const std::optional<std::uint64_t> size = parse_size(value);
    if (!size && value != "-1") {
      throw CLI::ValidationError("-n",
                                 "'" + value + "' is not a number of tokens, or -1 for no limit");
    }
    limit = size.value_or(unlimited);
  };
  return app
      .add_option_function<std::string>(
          "-n", accept, "Tokens to generate; -1: until the text ends or Ctrl-C (default: 256)")
      ->type_name("N");
}

void add_prompt(CLI::App& app, RunOptions& options) {
  app.add_option("-p,--prompt", options.prompt, "The prompt")->type_name("TEXT");
  app.add_option("-f,--file", options.prompt_file, "Read the prompt from a file")
      ->type_name("FILE");
  app.add_option("INPUT", options.standard_input, "- reads the prompt from standard input")
      ->type_name("");
}

}  // namespace

Command add_run(CLI::App& program) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* app = program.add_subcommand("run", "Complete a prompt");
  add_model(*app, options->model);
  add_prompt(*app, *options);
  add_limit(*app, options->limit);
  app->add_flag("--ignore-eos", options->ignore_eos, "Go on with another text where one ends");
  app->add_flag("--special", options->special,
                "Take control tokens that are written in the prompt (\"<|im_end|>\") for tokens");
  app->add_flag("--no-echo", options->no_echo, "Leave the prompt out of the output");
  add_sampling_options(*app, options->sampling);
  add_memory_options(*app, options->session);
  add_speed_options(*app, options->session);
  app->add_flag_callback(
      "--verify", [options] { options->verify = true; },
      "Check the weights before the first token (default: up to 64 MiB)");
  app->add_flag_callback(
      "--no-verify", [options] { options->verify = false; }, "Trust the weights as they are");
  add_size(*app, "--stats", options->stats_seconds, {1, 86400},
           "Statistics every so many seconds, where a line of the text ends");
  app->add_flag("-q,--quiet", options->quiet, "No statistics and no progress");
  app->add_flag("--no-color", options->no_color,
                "No colours (as does NO_COLOR in the environment)");
  app->footer(
      "Without a prompt the text starts from nothing. Standard output gets the prompt, the\n"
      "completion and a newline; statistics go to standard error.\n\n"
      "Examples:\n"
      "  ringlet run stories.ringlet -p \"Once upon a time\"\n"
      "  ringlet run stories.ringlet -f opening.txt -n -1 --context 256 --kv int8\n"
      "  echo \"The little dog\" | ringlet run stories.ringlet - --temperature 0 --quiet\n"
      "  ringlet run stories.ringlet --ignore-eos -n -1 --seed 7   (never stops: Ctrl-C)");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
