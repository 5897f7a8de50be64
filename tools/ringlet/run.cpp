// ringlet run: completes a prompt.
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <optional>

#include "command.hpp"
#include "generation.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "prefill_choice.hpp"
#include "requests.hpp"
#include "ringlet/linux/failure.hpp"
#include "run_summary.hpp"
#include "session_start.hpp"
#include "setting_errors.hpp"
#include "snapshot_file.hpp"
#include "terminal.hpp"
#include "text_options.hpp"

namespace ringlet::cli {
namespace {

// Up to this size, reading all weights before the first token goes unnoticed.
constexpr std::uint64_t quickly_verified = 64U << 20;

constexpr const char* one_prompt =
    "give one prompt: as TEXT after the model, with -p TEXT or -f FILE, or - for standard input";

struct RunOptions {
  std::string model;
  std::string prompt;
  std::string prompt_file;
  std::string first;   // the model, or the prompt if -m is given
  std::string second;  // the prompt
  TextOptions text;
  std::uint64_t limit = 256;
  SessionOptions session;
  StartOptions start;
  SamplingOptions sampling;
  GrammarSettings grammar;
  bool each_line = false;
  bool json = false;
  bool no_echo = false;
  bool ignore_eos = false;
  bool special = false;
  std::optional<bool> verify;
  std::optional<std::uint64_t> stats_seconds;
  bool quiet = false;
  bool no_color = false;
};

/// Separates model and prompt: "run MODEL PROMPT", "run -m MODEL PROMPT". "-" is standard input and
/// never a model.
void take_positional(RunOptions& options) {
  const bool has_model = options.model.empty() && options.first != "-";
  if (has_model) options.model = options.first;
  const std::string& prompt = has_model ? options.second : options.first;
  std::error_code error;
  if (has_model && prompt.empty() && options.model.find(' ') != std::string::npos &&
      !std::filesystem::exists(options.model, error)) {
    throw UsageError("there is no model file '" + options.model +
                     "'; if that is the prompt, give it with -p TEXT");
  }
  if (!has_model && !options.second.empty()) {
    throw UsageError("unexpected argument '" + options.second +
                     "'; quote a prompt of several words (see ringlet run --help)");
  }
  if (prompt.empty()) return;
  if (!options.prompt.empty() || !options.prompt_file.empty()) throw UsageError(one_prompt);
  (prompt == "-" ? options.prompt_file : options.prompt) = prompt;
}

/// The prompt; with --each-line, the form of a request.
std::string prompt_of(const RunOptions& options) {
  if (options.each_line) return request_form(options.text.read(options.prompt), options.special);
  if (options.prompt_file.empty()) return options.text.read(options.prompt);
  if (!options.prompt.empty()) throw UsageError(one_prompt);
  std::string text = read_text(options.prompt_file);
  drop_final_newline(text);
  return text;
}

void check_requests(const RunOptions& options) {
  if (options.each_line && !options.start.session.empty()) {
    throw UsageError(
        "--each-line answers from the same start, and --session goes on; leave one out");
  }
  if (options.ignore_eos && (options.each_line || options.grammar.restrict_answers())) {
    throw UsageError("--ignore-eos: an answer ends with its text; leave the option out");
  }
}

int exit_status(const RunReport& report, const std::string& model, const Config& config) {
  if (report.status.code() == ErrorCode::not_enough_memory) {
    throw port::Failure("prompt: a word is longer than --longest-word " +
                        std::to_string(config.longest_word) +
                        " allows; raise it, or leave the option out");
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
    case Ending::stop_string:
      break;
  }
  return exit_success;
}

/// A snapshot without logits needs a prompt to determine the next token.
void require_prompt(const LoadedSnapshot& start, const std::string& prompt,
                    const Session& session) {
  if (prompt.empty() && session.position() > 0 && session.logits().empty()) {
    throw port::Failure(start.path +
                        ": has no logits to continue from; give a prompt with -p TEXT");
  }
}

/// Saves the session after the run, unless it failed.
void save_session(const RunOptions& options, const RunReport& report, const Session& session,
                  const Sampler& sampler, std::optional<common::OutputFile>& file) {
  const bool failed = report.ending == Ending::failed || report.ending == Ending::output_error;
  if (!file || failed) return;
  if (report.prompt_complete) {
    save_snapshot(*file, session, &sampler);
  } else if (!options.quiet) {
    print_note(options.start.session + ": not changed, because the prompt was interrupted", false);
  }
}

int execute(const CLI::App& app, RunOptions options) {
  take_positional(options);
  const std::string prompt = prompt_of(options);
  check_requests(options);
  std::optional<LoadedGrammar> grammar = load_grammar(options.grammar);
  // Open from here on, so that no other run can continue the session meanwhile.
  std::optional<common::OutputFile> session_file;
  open_session_file(options.start, session_file);
  LoadedModel model = load_model(options.model);
  if (options.verify.value_or(model.file.bytes().size() <= quickly_verified)) {
    verify_weights(model, !options.quiet);
  }
  const Tokenizer tokenizer = open_tokenizer(model);
  const std::optional<LoadedSnapshot> start =
      load_start(app, model, options.start, options.session);
  if (start && !is_session(*start, options.start)) read_sinks_in_place(*start, options.session);
  if (!start && prompt.empty() && !options.each_line && !tokenizer.adds_bos()) {
    throw UsageError("the model has no begin-of-text token; give a prompt with -p TEXT");
  }
  make_room_for_words(app, tokenizer, prompt, {.enabled = options.special}, options.session);
  std::optional<DraftSource> source = plan_drafts(model, options.session, grammar.has_value());
  if (grammar) plan_grammar(*grammar, model, options.session);
  place_weights(model, options.session, source ? &source->model : nullptr);
  LoadedSession loaded = make_session(model, options.session);
  Drafting drafting(loaded, options.session, source);
  Session& session = loaded.session;
  const SamplerOptions sampling = options.sampling.complete(model.model, session.config());
  Result<Sampler> sampler = session.sampler(sampling);
  if (!sampler.ok()) refuse_setting(model.path, sampler.status());
  if (start) {
    start_from(*start, options.start, sampling, options.sampling.seed.has_value(), session,
               *sampler);
    if (!options.each_line) require_prompt(*start, prompt, session);
  }
  const bool counts = options.json || options.grammar.confidence.has_value();
  std::optional<Answer> answer;
  if (grammar) {
    answer.emplace(*grammar, model, tokenizer, session, *sampler, drafting.drafter(), counts);
  }
  const bool color = !options.no_color;
  const RequestOptions request_options{.each_line = options.each_line,
                                       .json = options.json,
                                       .least_confidence = options.grammar.confidence,
                                       .quiet = options.quiet};
  const GenerationOptions generation{.prompt = prompt,
                                     .limit = options.limit,
                                     .echo = !options.no_echo && !request_options.hold_answers(),
                                     .highlight = color && port::wants_color(STDOUT_FILENO),
                                     .ignore_end = options.ignore_eos,
                                     .stats_seconds = options.stats_seconds.value_or(0),
                                     .dim_stats = color && port::wants_color(STDERR_FILENO),
                                     .progress = !options.quiet,
                                     .special = options.special,
                                     .stop = options.text.stop_strings(),
                                     .keep = !options.start.session.empty(),
                                     .weights = model.copy.get(),
                                     .answer = answer ? &*answer : nullptr};
  Requests requests(session, tokenizer, *sampler, drafting, loaded.tuner(options.session),
                    generation, request_options);
  const port::InterruptWatch watch;
  const RunReport& report =
      options.each_line
          ? requests.answer_lines(options.prompt_file.empty() ? "-" : options.prompt_file,
                                  start ? start->file.bytes() : std::span<const std::byte>())
          : requests.answer(prompt);
  save_session(options, report, session, *sampler, session_file);
  const bool counted = report.ending != Ending::failed && report.ending != Ending::output_error;
  if (counted && !options.quiet) {
    print_note(run_summary(report, model, session, *sampler, sampling.temperature > 0,
                           !options.start.session.empty()) +
                   drafting.describe(" | "),
               color);
  }
  require_sound_weights(model);
  const int status = exit_status(report, model.path, session.config());
  return status == exit_success ? requests.status() : status;
}

CLI::Option* add_limit(CLI::App& app, std::uint64_t& limit) {
  const auto accept = [&limit](const std::string& value) {
    const std::optional<std::uint64_t> size = parse_size(value);
    if (!size && value != "-1") {
      throw CLI::ValidationError(
          "-n", "must be a whole number, or -1 for no limit (got '" + value + "')");
    }
    limit = size.value_or(unlimited);
  };
  return app
      .add_option_function<std::string>("-n", accept,
                                        "Tokens to generate; -1 sets no limit (default: 256).")
      ->type_name("N");
}

void add_model_and_prompt(CLI::App& app, RunOptions& options) {
  add_file(app, "MODEL", options.first, "Model file (default: the bundled model).")->type_name("");
  app.add_option("PROMPT", options.second, "Prompt; - reads it from standard input.")
      ->type_name("");
  add_file(app, "-m,--model", options.model, "Model file, in place of MODEL.");
  app.add_option("-p,--prompt", options.prompt, "Prompt.")->type_name("TEXT");
  add_file(app, "-f,--file", options.prompt_file, "Read the prompt from a file.");
  add_escape_option(app, options.text);
  add_stop_option(app, options.text);
}

}  // namespace

Command add_run(CLI::App& program) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* app = program.add_subcommand("run", "Complete a prompt");
  add_model_and_prompt(*app, *options);
  add_limit(*app, options->limit);
  app->add_flag("--ignore-eos", options->ignore_eos, "When a text ends, start another.");
  app->add_flag("--special", options->special,
                "Read control tokens spelled in the prompt (\"<|im_end|>\") as tokens.");
  app->add_flag("--no-echo", options->no_echo, "Do not print the prompt.");
  add_start_options(*app, options->start);
  add_sampling_options(*app, options->sampling);
  add_memory_options(*app, options->session);
  add_weights_options(*app, options->session);
  app->get_option("--longest-word")
      ->description("Longest word of a prompt, in bytes (default: 1024, or what PROMPT needs).");
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
  add_draft_options(*app, options->session.drafts);
  add_grammar_options(*app, options->grammar);
  add_confidence_option(*app, options->grammar);
  app->add_flag(
      "--each-line", options->each_line,
      "Answer every line of the input by itself, from the same start. A prompt then is the "
      "form of a request, with {} for the line.");
  app->add_flag("--json", options->json,
                "Print each answer as a JSON object of one line, with its confidence.");
  app->add_flag_callback(
      "--verify", [options] { options->verify = true; },
      "Check the weights first (default for files up to 64 MiB).");
  app->add_flag_callback(
      "--no-verify", [options] { options->verify = false; }, "Do not check the weights.");
  add_count(*app, "--stats", options->stats_seconds, {1, 86400},
            "Print statistics every N seconds, at the end of a line.");
  app->add_flag("-q,--quiet", options->quiet, "Show no statistics and no progress.");
  app->add_flag("--no-color", options->no_color,
                "Use no colours; the variable NO_COLOR does the same.");
  app->footer(
      "The prompt, the completion and a newline go to standard output; statistics go to standard\n"
      "error. Without a prompt the model starts a text of its own.\n\n"
      "--stop searches the completion, not the prompt. A saved session includes the stop text.\n\n"
      "With --session, a later run continues where this one ended, with or without a prompt. It\n"
      "takes the context, sinks and cache format from the file.\n\n"
      "Examples:\n"
      "  ringlet run stories.ringlet \"Once upon a time\"\n"
      "  ringlet run stories.ringlet -e -p \"To do:\\n-\" --stop \"\\n\\n\"\n"
      "  ringlet run stories.ringlet -f opening.txt -n -1 --context 256 --kv int8\n"
      "  echo \"The little dog\" | ringlet run stories.ringlet - --temperature 0 --quiet\n"
      "  ringlet run stories.ringlet --ignore-eos -n -1 --seed 7     (until Ctrl-C)\n"
      "  ringlet run stories.ringlet --session tale.session -n 200   (again to continue)\n"
      "  ringlet run stories.ringlet --prefix once.prefix -p \" there was a dog\"\n"
      "  ringlet run stories.ringlet --draft small.ringlet -n 500    (the same text, sooner)\n"
      "  ringlet run stories.ringlet --lookup -f notes.txt\n"
      "  ringlet run model.ringlet --json-schema person.json -p \"Ada Lovelace, born in 1815: \"\n"
      "  ringlet run model.ringlet --each-line --choice yes,no --json < questions.txt");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
