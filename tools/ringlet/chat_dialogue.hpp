// The dialogue of `ringlet chat`: reads messages and commands, and writes replies and notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conversation.hpp"
#include "grammar_options.hpp"
#include "line_editor.hpp"
#include "options.hpp"
#include "session_start.hpp"
#include "text_options.hpp"

namespace ringlet::cli {

/// The list of commands.
extern const char* const chat_help;

struct ChatOptions {
  std::string model;
  std::optional<std::string> system;
  std::optional<std::string> message;  // the only message: -p
  std::optional<std::uint64_t> limit;
  TextOptions text;
  StartOptions start;
  SessionOptions session;
  SamplingOptions sampling;
  GrammarSettings grammar;
  std::vector<std::string> variables;  // of the template: NAME=VALUE
  bool compact = false;                // the chat format in place of the template
  bool no_history = false;
  bool quiet = false;
  bool no_color = false;
};

/// Totals over all replies.
struct ChatTotals {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t prompt_nanoseconds = 0;
  std::uint64_t generated_tokens = 0;
  std::uint64_t generation_nanoseconds = 0;
  std::uint64_t later_tokens = 0;  // tokens that generation_nanoseconds covers

  void add(const RunReport& report);
};

class ChatDialogue {
 public:
  /// The references must outlive the object.
  ChatDialogue(const ChatOptions& options, const LoadedModel& model, LoadedSession& loaded,
               Sampler& sampler, const Tokenizer& tokenizer, const ChatMarkup& markup,
               ConversationOptions conversation, Drafting& drafting);

  /// Reads messages and commands until the input ends, and returns the exit status.
  int run();

  /// Replies to one message, and returns the exit status.
  int answer(const std::string& message);

 private:
  void note(const std::string& text) const;
  bool take(const std::string& line);
  bool say(const std::string& message);
  void fail(const std::string& why);
  bool command(const std::string& line);
  void save(const std::string& path);
  void load(const std::string& path);
  [[nodiscard]] int end_status() const;
  void show_speed(const RunReport& report) const;
  [[nodiscard]] std::string statistics() const;

  const ChatOptions& options_;
  const LoadedModel& model_;
  LoadedSession& loaded_;
  Sampler& sampler_;
  Conversation conversation_;
  Drafting& drafting_;
  ChatTotals totals_;
  int status_ = 0;
  bool failed_ = false;  // /load, /save, or a reply
};

}  // namespace ringlet::cli
