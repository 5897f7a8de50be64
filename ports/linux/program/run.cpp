// ringlet run: completes a prompt.
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <optional>

#include "command.hpp"
#include "failure.hpp"
#include "generation.hpp"
#include "image_file.hpp"
#include "options.hpp"
#include "prefill_choice.hpp"
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
  std::string session_file;
  std::string prefix_file;
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

std::string statistics(const RunReport& report, const RunOptions& options, const Session& session,
                       const SamplerOptions& sampling, std::uint64_t seed) {
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
  if (!options.session_file.empty()) {
    line += " | session of " + with_commas(session.position()) + " tokens";
  }
  line += " | RAM " + human_bytes(session.memory_plan().total());
  if (sampling.temperature > 0) line += " | seed " + std::to_string(seed);
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
      throw failure_of(model, report);
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

/// What the session starts from: the session file where there is one already, else the prefix.
std::optional<LoadedImage> load_start(const CLI::App& app, const LoadedModel& model,
                                      RunOptions& options) {
  std::error_code error;
  const bool goes_on =
      !options.session_file.empty() && std::filesystem::exists(options.session_file, error);
  // To begin anew would lose the session that may be there.
  if (error) throw port::system_failure(options.session_file, "cannot be read", error.value());
  if (!goes_on && options.prefix_file.empty()) return std::nullopt;
  LoadedImage image = load_image(goes_on ? options.session_file : options.prefix_file, model);
  complete_from_image(app, image.info, options.session);
  // A session file is replaced in the end; a prefix stays.
  if (!goes_on) read_sinks_in_place(image, options.session);
  return image;
}

/// Restores session and sampler; a session goes on with its random sequence, unless told otherwise.
void start_from(const LoadedImage& image, const RunOptions& options, const SamplerOptions& sampling,
                const std::string& prompt, Session& session, Sampler& sampler) {
  restore_image(image, session, &sampler);
  const bool is_session = image.path == options.session_file;
  if (!is_session || options.sampling.seed) sampler.resume({.seed = sampling.seed, .draws = 0});
  if (prompt.empty() && session.position() > 0 && session.logits().empty()) {
    throw port::Failure(image.path + ": does not say what comes next; give a prompt with -p TEXT");
  }
}

/// Saves what the run has left behind, unless it broke off.
void save_session(const RunOptions& options, const RunReport& report, const Session& session,
                  const Sampler& sampler, std::optional<port::OutputFile>& file) {
  const bool failed = report.ending == Ending::failed || report.ending == Ending::output_error;
  if (!file || failed) return;
  if (report.prompt_complete) {
    save_image(*file, session, &sampler);
  } else if (!options.quiet) {
    print_note(options.session_file + ": left as it was, because the prompt was interrupted",
               false);
  }
}

int execute(const CLI::App& app, RunOptions options) {
  take_dash_for_input(options);
  const std::string prompt = prompt_of(options);
  // Open from here on, so that no other run goes on with the session meanwhile.
  std::optional<port::OutputFile> session_file;
  if (!options.session_file.empty()) session_file.emplace(options.session_file, private_output);
  const LoadedModel model = load_model(options.model);
  if (options.verify.value_or(model.file.bytes().size() <= quickly_verified)) {
    verify_weights(model, !options.quiet);
  }
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (!tokenizer.ok()) throw port::failure_of(model.path, tokenizer.status());
  const std::optional<LoadedImage> start = load_start(app, model, options);
  if (!start && prompt.empty() && !tokenizer->adds_bos()) {
    throw UsageError("the model has no token to begin a text with; give a prompt with -p TEXT");
  }
  LoadedSession loaded = make_session(model, options.session);
  Session& session = loaded.session;
  const SamplerOptions sampling = options.sampling.complete(model.model, session.config());
  Result<Sampler> sampler =
      Sampler::create(sampling, model.model.architecture().vocab_size, session.sampler_workspace());
  if (!sampler.ok()) throw setting_failure(model.path, sampler.status());
  if (start) start_from(*start, options, sampling, prompt, session, *sampler);
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
                        .special = options.special,
                        .keep = !options.session_file.empty()},
      loaded.tuner(options.session));
  const port::InterruptWatch watch;
  const RunReport& report = generation->run();
  save_session(options, report, session, *sampler, session_file);
  const bool counted = report.ending != Ending::failed && report.ending != Ending::output_error;
  if (counted && !options.quiet) {
    print_note(statistics(report, options, session, sampling, sampler->place().seed), color);
  }
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
  app->add_option("--session", options->session_file,
                  "Go on from this file where it exists, and save to it in the end")
      ->type_name("FILE");
  app->add_option("--prefix", options->prefix_file, "Start from a file of `ringlet prefix`")
      ->type_name("FILE");
  add_sampling_options(*app, options->sampling);
  add_memory_options(*app, options->session);
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
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
      "With --session a later run goes on where this one ended, prompt or not, and takes context,\n"
      "sinks and cache format from the file.\n\n"
      "Examples:\n"
      "  ringlet run stories.ringlet -p \"Once upon a time\"\n"
      "  ringlet run stories.ringlet -f opening.txt -n -1 --context 256 --kv int8\n"
      "  echo \"The little dog\" | ringlet run stories.ringlet - --temperature 0 --quiet\n"
      "  ringlet run stories.ringlet --ignore-eos -n -1 --seed 7   (never stops: Ctrl-C)\n"
      "  ringlet run stories.ringlet --session tale.session -n 200         (again: what follows)\n"
      "  ringlet run stories.ringlet --prefix once.prefix -p \" there was a dog\"");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
