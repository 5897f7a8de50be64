// ringlet chat: a conversation with the model.
#include <unistd.h>

#include <csignal>
#include <limits>
#include <memory>
#include <optional>

#include "command.hpp"
#include "conversation.hpp"
#include "failure.hpp"
#include "image_file.hpp"
#include "line_editor.hpp"
#include "options.hpp"
#include "prefill_choice.hpp"
#include "terminal.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

constexpr const char* help_text =
    "  /reset       begin a new conversation\n"
    "  /save FILE   keep the conversation in a file\n"
    "  /load FILE   go on with a conversation that was kept\n"
    "  /stats       tokens, speed and memory\n"
    "  /help        this\n"
    "  /quit        leave (as does Ctrl-D)\n"
    "A line that ends in \\ goes on with the next. Ctrl-C stops a reply.";

struct ChatOptions {
  std::string model;
  std::optional<std::string> system;
  std::optional<std::uint64_t> limit;
  SessionOptions session;
  SamplingOptions sampling;
  bool quiet = false;
  bool no_color = false;
};

/// What all replies took together.
struct Totals {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t prompt_nanoseconds = 0;
  std::uint64_t generated_tokens = 0;
  std::uint64_t generation_nanoseconds = 0;
  std::uint64_t later_tokens = 0;  // those that generation_nanoseconds is about

  void add(const RunReport& report) {
    prompt_tokens += report.prompt_tokens;
    prompt_nanoseconds += report.prompt_nanoseconds;
    generated_tokens += report.generated_tokens;
    generation_nanoseconds += report.generation_nanoseconds;
    later_tokens += report.latencies.count();
  }
};

std::string rate(std::uint64_t tokens, std::uint64_t nanoseconds) {
  if (tokens == 0 || nanoseconds == 0) return "";
  return format(" at %.1f tok/s",
                static_cast<double>(tokens) * 1e9 / static_cast<double>(nanoseconds));
}

/// The conversation on a terminal or a pipe: lines in, replies out.
class Chat {
 public:
  Chat(const ChatOptions& options, const LoadedModel& model, LoadedSession& loaded,
       const Tokenizer& tokenizer, Sampler& sampler, const ChatFormat& format)
      : color_(!options.no_color),

        model_(model),
        loaded_(loaded),
        sampler_(sampler),
        conversation_(loaded.session, tokenizer, sampler, format,
                      {.system = options.system,
                       .limit = options.limit.value_or(unlimited),
                       .progress = !options.quiet},
                      loaded.tuner(options.session)) {}

  int run() {
    std::string line;
    while (true) {
      switch (editor_.read("> ", line)) {
        case LineEditor::Outcome::end:
          return exit_success;
        case LineEditor::Outcome::interrupted:
          if (port::InterruptWatch::ends_program()) return 128 + port::InterruptWatch::signal();
          if (!port::is_terminal(STDIN_FILENO)) return 128 + SIGINT;
          note("/quit or Ctrl-D leaves");
          continue;
        case LineEditor::Outcome::line:
          break;
      }
      if (line.empty()) continue;
      if (line.starts_with('/') ? !command(line) : !say(line)) return status_;
    }
  }

 private:
  void note(const std::string& text) const { print_note(text, color_); }

  /// False when the program is to end.
  bool say(const std::string& message) {
    const RunReport& report = conversation_.say(message);
    totals_.add(report);
    switch (report.ending) {
      case Ending::output_error:
        throw_output_error(report.output_error);
      case Ending::failed:
        if (std::string_view(report.status.where()) != "longest_word") {
          throw failure_of(model_.path, report);
        }
        note("That has a word of more than " +
             std::to_string(loaded_.session.config().longest_word) +
             " bytes; --longest-word N makes room for it.");
        return true;
      case Ending::interrupted:
        status_ = 128 + port::InterruptWatch::signal();
        if (port::InterruptWatch::ends_program()) return false;
        note("(interrupted)");
        return port::is_terminal(STDIN_FILENO);
      case Ending::limit:
      case Ending::end_of_text:
        break;
    }
    return true;
  }

  bool command(const std::string& line) {
    if (line == "/quit" || line == "/exit") return false;
    if (line == "/help") {
      note(help_text);
    } else if (line == "/reset") {
      conversation_.reset();
      note("A new conversation.");
    } else if (line == "/stats") {
      note(statistics());
    } else if (line.starts_with("/save ")) {
      attempt([&] { save(line.substr(6)); });
    } else if (line.starts_with("/load ")) {
      attempt([&] { load(line.substr(6)); });
    } else {
      note("'" + line + "' is no command; /help lists them");
    }
    return true;
  }

  /// What goes wrong with a file is no reason to leave.
  template <typename Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const port::Failure& failure) {
      note(failure.what());
    }
  }

  void save(const std::string& path) {
    port::OutputFile file(path, private_output);
    const std::uint64_t size = save_image(file, loaded_.session, &sampler_);
    note("Saved " + human_bytes(size) + " to " + path + ".");
  }

  void load(const std::string& path) {
    restore_image(load_image(path, model_), loaded_.session, &sampler_);
    conversation_.set_begun(loaded_.session.position() > 0);
    note("Going on at position " + std::to_string(loaded_.session.position()) + ".");
  }

  [[nodiscard]] std::string statistics() const {
    const Session& session = loaded_.session;
    return "prefilled " + std::to_string(totals_.prompt_tokens) + " tokens" +
           rate(totals_.prompt_tokens, totals_.prompt_nanoseconds) + " | generated " +
           std::to_string(totals_.generated_tokens) + " tokens" +
           rate(totals_.later_tokens, totals_.generation_nanoseconds) + " | position " +
           std::to_string(session.position()) + " of context " +
           std::to_string(session.config().context) + " | RAM " +
           human_bytes(session.memory_plan().total());
  }

  bool color_;
  const LoadedModel& model_;
  LoadedSession& loaded_;
  Sampler& sampler_;
  Conversation conversation_;
  LineEditor editor_;
  Totals totals_;
  int status_ = exit_success;
};

int execute(const ChatOptions& options) {
  const LoadedModel model = load_model(options.model);
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (!tokenizer.ok()) throw port::failure_of(model.path, tokenizer.status());
  const Result<ChatFormat> format = ChatFormat::open(model.model);
  if (!format.ok()) throw port::failure_of(model.path, format.status());
  if (options.system && !format->has_system()) {
    throw UsageError(
        "the model's chat format has no place for a system message; leave out --system");
  }
  LoadedSession loaded = make_session(model, options.session);
  const SamplerOptions sampling = options.sampling.complete(model.model, loaded.session.config());
  Result<Sampler> sampler = Sampler::create(sampling, model.model.architecture().vocab_size,
                                            loaded.session.sampler_workspace());
  if (!sampler.ok()) throw setting_failure(model.path, sampler.status());
  if (!options.quiet && port::is_terminal(STDIN_FILENO)) {
    print_note(model.name() + ", chat format " + std::string(format->name()) + "; /help for help",
               !options.no_color);
  }
  return std::make_unique<Chat>(options, model, loaded, *tokenizer, *sampler, *format)->run();
}

}  // namespace

Command add_chat(CLI::App& program) {
  const auto options = std::make_shared<ChatOptions>();
  CLI::App* app = program.add_subcommand("chat", "Talk with the model");
  add_model(*app, options->model);
  app->add_option("--system", options->system, "What the model is told before the conversation")
      ->type_name("TEXT");
  add_size(*app, "-n", options->limit, {1, unlimited},
           "Tokens of a reply at the most (default: until it ends or Ctrl-C)");
  add_sampling_options(*app, options->sampling);
  add_memory_options(*app, options->session);
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
  app->add_flag("-q,--quiet", options->quiet, "No greeting and no progress");
  app->add_flag("--no-color", options->no_color,
                "No colours (as does NO_COLOR in the environment)");
  app->footer(
      std::string(
          "Standard output gets the replies, each ended by a newline. In the conversation:\n") +
      help_text +
      "\n\nExamples:\n"
      "  ringlet chat model.ringlet\n"
      "  ringlet chat model.ringlet --system \"You answer in one sentence.\" --temperature 0\n"
      "  echo \"Why is the sky blue?\" | ringlet chat model.ringlet -n 100");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
