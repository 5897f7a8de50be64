// ringlet chat: a conversation with the model.
#include <unistd.h>

#include <ctime>
#include <memory>
#include <optional>

#include "blanks.hpp"
#include "chat_dialogue.hpp"
#include "command.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "prefill_choice.hpp"
#include "ringlet/linux/failure.hpp"
#include "setting_errors.hpp"
#include "snapshot_file.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

std::optional<std::string> read_text_option(const TextOptions& options,
                                            const std::optional<std::string>& text) {
  return text ? std::optional<std::string>(options.read(*text)) : std::nullopt;
}

void require_words(const std::optional<std::string>& message) {
  if (message && is_blank(*message)) throw UsageError("-p: a message needs more than blanks");
}

/// The prefix that /reset returns to, unless the conversation already starts from it.
std::optional<LoadedSnapshot> load_other_prefix(const std::optional<LoadedSnapshot>& start,
                                                const LoadedModel& model,
                                                const StartOptions& files) {
  if (files.prefix.empty() || (start && !is_session(*start, files))) return std::nullopt;
  return load_snapshot(files.prefix, model);
}

/// The time for the whole conversation.
std::tm local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm clock{};
  if (localtime_r(&now, &clock) == nullptr) clock = {};
  return clock;
}

ChatMarkup open_markup(const ChatOptions& options, const LoadedModel& model) {
  ChatMarkup markup = open_chat_markup(model, options.compact);
  if (options.system && !markup.has_system()) {
    throw UsageError(std::string("the model's chat ") + (markup.format ? "format" : "template") +
                     " has no place for a system message; leave out --system");
  }
  if (!options.variables.empty() && markup.format) {
    throw UsageError("--template-var: the conversation has no chat template");
  }
  return markup;
}

void greet(const ChatOptions& options, const LoadedModel& model, const ChatMarkup& markup,
           std::uint64_t position) {
  if (options.quiet || options.message || !port::is_terminal(STDIN_FILENO)) return;
  print_note(model.name() + ", " + markup.name() +
                 (position > 0 ? ", continuing at position " + std::to_string(position) : "") +
                 "; type /help for help",
             !options.no_color);
}

int execute(const CLI::App& app, ChatOptions options) {
  const std::optional<std::string> message = read_text_option(options.text, options.message);
  require_words(message);
  ConversationOptions conversation{
      .system = read_text_option(options.text, options.system),
      .limit = options.limit.value_or(unlimited),
      .start = {},
      .stop = options.text.stop_strings(),
      .limits_words = app.get_option("--longest-word")->count() != 0,
      .progress = !options.quiet,
      .quiet = options.quiet,
      .color = !options.no_color,
      .turns = {
          .system = {}, .variables = template_variables(options.variables), .clock = local_time()}};
  conversation.turns.system = conversation.system;
  std::optional<LoadedGrammar> grammar = load_grammar(options.grammar);
  std::optional<common::OutputFile> session_file;
  open_session_file(options.start, session_file);
  LoadedModel model = load_model(options.model);
  const Tokenizer tokenizer = open_tokenizer(model);
  const ChatMarkup markup = open_markup(options, model);
  const std::optional<LoadedSnapshot> start =
      load_start(app, model, options.start, options.session);
  const std::optional<LoadedSnapshot> other = load_other_prefix(start, model, options.start);
  const std::optional<LoadedSnapshot>& prefix = other ? other : start;
  if (!options.start.prefix.empty()) conversation.start = prefix->file.bytes();
  std::optional<DraftSource> source = plan_drafts(model, options.session, grammar.has_value());
  if (grammar) plan_grammar(*grammar, model, options.session);
  place_weights(model, options.session, source ? &source->model : nullptr);
  LoadedSession loaded = make_session(model, options.session);
  Drafting drafting(loaded, options.session, source);
  const SamplerOptions sampling = options.sampling.complete(model.model, loaded.session.config());
  Result<Sampler> sampler = loaded.session.sampler(sampling);
  if (!sampler.ok()) refuse_setting(model.path, sampler.status());
  std::optional<Answer> answer;
  if (grammar) {
    answer.emplace(*grammar, model, tokenizer, loaded.session, *sampler, drafting.drafter(), false);
    conversation.answer = &*answer;
  }
  if (start) {
    start_from(*start, options.start, sampling, options.sampling.seed.has_value(), loaded.session,
               *sampler);
  }
  if (options.system && loaded.session.position() > 0 && !options.quiet) {
    print_note("--system has no effect, because the conversation has begun", !options.no_color);
  }
  greet(options, model, markup, loaded.session.position());
  const auto dialogue = std::make_unique<ChatDialogue>(options, model, loaded, *sampler, tokenizer,
                                                       markup, std::move(conversation), drafting);
  const int status = message ? dialogue->answer(*message) : dialogue->run();
  if (session_file && loaded.session.position() > 0) {
    save_snapshot(*session_file, loaded.session, &*sampler);
  }
  return status;
}

}  // namespace

Command add_chat(CLI::App& program) {
  const auto options = std::make_shared<ChatOptions>();
  CLI::App* app = program.add_subcommand("chat", "Chat with a model");
  add_model(*app, options->model);
  app->add_option("-p,--prompt", options->message, "Reply to this message and exit.")
      ->type_name("TEXT");
  app->add_option("--system", options->system, "System message.")->type_name("TEXT");
  app->add_option(
         "--template-var", options->variables,
         "Set a variable of the chat template, such as enable_thinking=false (repeatable).")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app->add_flag("--compact", options->compact,
                "Use the compact chat format, as firmware does, in place of the chat template.");
  add_escape_option(*app, options->text);
  add_stop_option(*app, options->text);
  add_count(*app, "-n", options->limit, {1, unlimited},
            "Most tokens in a reply (default: no limit).");
  add_start_options(*app, options->start);
  add_sampling_options(*app, options->sampling);
  add_memory_options(*app, options->session);
  add_weights_options(*app, options->session);
  app->get_option("--longest-word")
      ->description("Longest word of a message, in bytes (default: any; 1024 are planned).");
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
  add_draft_options(*app, options->session.drafts);
  add_grammar_options(*app, options->grammar);
  app->add_flag("--no-history", options->no_history, "Do not read or write the history file.");
  app->add_flag("-q,--quiet", options->quiet, "Show no greeting, progress or speed.");
  app->add_flag("--no-color", options->no_color,
                "Use no colours; the variable NO_COLOR does the same.");
  app->footer(
      std::string("Replies go to standard output, each with a newline. Commands:\n") + chat_help +
      "\n\nThe files of --session, --prefix and /save hold a conversation up to the end of a "
      "reply.\n\n"
      "Examples:\n"
      "  ringlet chat model.ringlet\n"
      "  ringlet chat model.ringlet --system \"You answer in one sentence.\" --temp 0\n"
      "  ringlet chat model.ringlet -p \"Why is the sky blue?\" --stop \"\\n\\n\" -e\n"
      "  ringlet chat model.ringlet --session talk.session          (again to continue)\n"
      "  ringlet chat model.ringlet --draft small.ringlet           (the same replies, sooner)\n"
      "  ringlet chat model.ringlet -p \"Is it raining?\" --choice yes,no,unknown\n"
      "  echo \"Why is the sky blue?\" | ringlet chat model.ringlet -n 100");
  return {app, [app, options] { return execute(*app, *options); }};
}

}  // namespace ringlet::cli
