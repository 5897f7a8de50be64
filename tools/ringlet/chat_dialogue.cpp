#include "chat_dialogue.hpp"

#include <unistd.h>

#include <csignal>

#include "blanks.hpp"
#include "command.hpp"
#include "history_file.hpp"
#include "home_path.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "ringlet/linux/failure.hpp"
#include "snapshot_file.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

/// Runs `action`. Passes an error about files to `report`, and does not end the program.
template <typename Action, typename Report>
void attempt(Action action, Report report) {
  try {
    action();
  } catch (const port::Failure& failure) {
    report(failure.what());
  }
}

}  // namespace

const char* const chat_help =
    "  /reset       start a new conversation\n"
    "  /save FILE   save the conversation to a file\n"
    "  /load FILE   continue a saved conversation\n"
    "  /stats       show tokens, speed and memory\n"
    "  /help        show this list\n"
    "  /quit        leave (or press Ctrl-D)\n"
    "End a line with \\ to continue it on the next. Type // to send a message that begins with /.\n"
    "Pasted text is one message. Ctrl-C stops a reply.";

void ChatTotals::add(const RunReport& report) {
  prompt_tokens += report.prompt_tokens;
  prompt_nanoseconds += report.prompt_nanoseconds;
  generated_tokens += report.generated_tokens;
  generation_nanoseconds += report.generation_nanoseconds;
  later_tokens += report.latencies.count();
}

ChatDialogue::ChatDialogue(const ChatOptions& options, const LoadedModel& model,
                           LoadedSession& loaded, Sampler& sampler, const Tokenizer& tokenizer,
                           const ChatMarkup& markup, ConversationOptions conversation,
                           Drafting& drafting)
    : options_(options),
      model_(model),
      loaded_(loaded),
      sampler_(sampler),
      conversation_(loaded.session, tokenizer, sampler, markup, std::move(conversation),
                    loaded.tuner(options.session), drafting),
      drafting_(drafting) {
  conversation_.set_begun(loaded.session.position() > 0);
}

int ChatDialogue::run() {
  LineEditor editor(options_.no_history ? "" : HistoryFile::default_path());
  std::string line;
  while (true) {
    switch (editor.read("> ", line)) {
      case LineEditor::Outcome::end:
        return end_status();
      case LineEditor::Outcome::interrupted:
        if (port::InterruptWatch::ends_program()) return 128 + port::InterruptWatch::signal();
        if (!port::is_terminal(STDIN_FILENO)) return 128 + SIGINT;
        note("Type /quit or Ctrl-D to leave.");
        continue;
      case LineEditor::Outcome::line:
        break;
    }
    if (!take(line)) return status_;
  }
}

/// A person has seen that a file could not be read or written, or that there is no reply; a script
/// only sees the status.
int ChatDialogue::end_status() const {
  return failed_ && !port::is_terminal(STDIN_FILENO) ? exit_failure : exit_success;
}

int ChatDialogue::answer(const std::string& message) {
  say(message);
  return status_;
}

void ChatDialogue::note(const std::string& text) const { print_note(text, !options_.no_color); }

/// Handles a line: a command, a message or a blank. Returns false to end the program.
bool ChatDialogue::take(const std::string& line) {
  if (is_blank(line)) return true;
  // Text of several lines was pasted or continued on purpose, so it is not a command.
  if (!line.starts_with('/') || line.find('\n') != std::string::npos) return say(line);
  return line.starts_with("//") ? say(line.substr(1)) : command(trimmed(line));
}

/// There is no reply, or not a whole one; the conversation goes on.
void ChatDialogue::fail(const std::string& why) {
  note(why);
  failed_ = true;
  status_ = exit_failure;
}

/// Returns false to end the program.
bool ChatDialogue::say(const std::string& message) {
  require_sound_weights(model_);
  try {
    conversation_.prepare(message);
  } catch (const port::Failure& failure) {
    fail(failure.what());
    return true;
  }
  const RunReport& report = conversation_.say(message);
  totals_.add(report);
  switch (report.ending) {
    case Ending::output_error:
      throw_output_error(report.output_error);
    case Ending::failed:
      if (report.status.code() != ErrorCode::not_enough_memory) {
        throw failure_of(model_.path, report);
      }
      note("This message has a word longer than --longest-word " +
           std::to_string(loaded_.session.config().longest_word) +
           " allows; without the option a word can have any length.");
      status_ = exit_failure;
      return true;
    case Ending::interrupted:
      status_ = 128 + port::InterruptWatch::signal();
      if (port::InterruptWatch::ends_program()) return false;
      note("(interrupted)");
      return port::is_terminal(STDIN_FILENO);
    case Ending::limit:
    case Ending::end_of_text:
    case Ending::stop_string:
      break;
  }
  status_ = exit_success;
  if (!conversation_.reply_is_whole()) {
    fail("The reply is not complete after " + std::to_string(report.generated_tokens) +
         plural(report.generated_tokens, " token") + "; allow more with -n N.");
  }
  show_speed(report);
  return true;
}

bool ChatDialogue::command(const std::string& line) {
  const auto report = [this](const std::string& text) {
    note(text);
    failed_ = true;
  };
  const std::size_t blank = std::min(line.find_first_of(blanks), line.size());
  const std::string name = line.substr(0, blank);
  const std::string argument = trimmed(line.substr(blank));
  const bool takes_file = name == "/save" || name == "/load";
  if (takes_file && argument.empty()) {
    report(name + " needs a file name");
  } else if (line == "/quit" || line == "/exit") {
    status_ = end_status();
    return false;
  } else if (line == "/help") {
    note(chat_help);
  } else if (line == "/reset") {
    conversation_.reset();
    note(conversation_.has_begun() ? "Back to the conversation in " + options_.start.prefix + "."
                                   : "Started a new conversation.");
  } else if (line == "/stats") {
    note(statistics());
  } else if (name == "/save") {
    attempt([&] { save(expand_home(argument)); }, report);
  } else if (name == "/load") {
    attempt([&] { load(expand_home(argument)); }, report);
  } else {
    note("'" + line +
         "' is not a command; /help lists the commands, and // sends a line that begins with /");
  }
  return true;
}

void ChatDialogue::save(const std::string& path) {
  common::OutputFile file(path, private_output);
  const std::uint64_t size = save_snapshot(file, loaded_.session, &sampler_);
  note("Saved " + human_bytes(size) + " to " + path + ".");
}

void ChatDialogue::load(const std::string& path) {
  restore_snapshot(load_snapshot(path, model_), loaded_.session, &sampler_,
                   "start chat with --session or --prefix to take it from the file");
  drafting_.reset();
  conversation_.set_begun(loaded_.session.position() > 0);
  note("Continuing at position " + std::to_string(loaded_.session.position()) + ".");
}

/// For an interactive user. When any output goes to a file or program, /stats is enough.
void ChatDialogue::show_speed(const RunReport& report) const {
  if (options_.quiet || report.latencies.count() == 0) return;
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!port::is_terminal(descriptor)) return;
  }
  note("[" + std::to_string(report.generated_tokens) + plural(report.generated_tokens, " token") +
       rate(report.latencies.count(), report.generation_nanoseconds) + "]");
}

std::string ChatDialogue::statistics() const {
  const Session& session = loaded_.session;
  return "prefilled " + std::to_string(totals_.prompt_tokens) +
         plural(totals_.prompt_tokens, " token") +
         rate(totals_.prompt_tokens, totals_.prompt_nanoseconds) + " | generated " +
         std::to_string(totals_.generated_tokens) + plural(totals_.generated_tokens, " token") +
         rate(totals_.later_tokens, totals_.generation_nanoseconds) + " | position " +
         std::to_string(session.position()) + " of context " +
         std::to_string(session.config().context) + drafting_.describe(" | ") + " | RAM " +
         human_bytes(session.memory_plan().total()) + weights_note(model_);
}

}  // namespace ringlet::cli
