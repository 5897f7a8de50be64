// A conversation kept in a session: each turn prefills only the new text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chat_markup.hpp"
#include "common/stop_strings.hpp"
#include "generation.hpp"
#include "growing_encoder.hpp"
#include "ringlet/linux/tuner.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/tokenizer.hpp"
#include "template_turns.hpp"

namespace ringlet::cli {

struct ConversationOptions {
  std::optional<std::string> system;  // absent: the default opening of the format
  std::uint64_t limit = 0;            // maximum number of tokens per reply
  std::span<const std::byte> start;   // snapshot that the conversation starts from, or empty
  common::StopStrings stop;
  bool limits_words = false;  // to the session's longest_word
  bool progress = false;
  bool quiet = false;        // do not show reasoning
  bool color = false;        // show it dimmed, on a terminal
  Answer* answer = nullptr;  // what restricts replies
  TurnSettings turns;        // for a chat template
};

class Conversation {
 public:
  /// The references must outlive the object.
  Conversation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
               const ChatMarkup& markup, ConversationOptions options, const port::Tuner& tuner,
               Drafting& drafting);

  /// Renders the prompt, and begins the text that a grammar allows in reply. Call it before say(),
  /// with the same message. Throws Failure, and changes nothing, if the chat template or the
  /// grammar has no place for the message.
  void prepare(std::string_view message);

  /// Whether the last reply is a whole text of the grammar, and not cut off by a limit.
  [[nodiscard]] bool reply_is_whole() const;

  /// Prefills a message and writes the reply to standard output as it is decoded, followed by a
  /// newline. An interruption ends the reply and keeps the part so far. If it arrives before the
  /// reply has begun, the conversation does not change.
  const RunReport& say(std::string_view message);

  /// Starts over, from options.start if given.
  void reset();

  /// Whether the conversation contains any turn.
  [[nodiscard]] bool has_begun() const { return begun_; }
  /// For a session restored with a conversation in it.
  void set_begun(bool begun);

 private:
  void keep_turn();
  bool restore_turn();
  bool prefill(std::string_view message);
  bool prefill_rendered();
  void go_back(std::uint64_t before);
  bool check_words(std::string_view message);
  void rewind_to_turn();
  bool prefill_turn(const ChatTurn& turn);
  bool prefill_tokens(std::span<const TokenId> tokens, const Progress& progress);
  Result<Encoded> encode(std::string_view text, bool beginning,
                         const ControlTokens& control_tokens);
  void reply();
  void remember_reply(std::uint64_t start);
  bool take(TokenId token);
  [[nodiscard]] std::string_view text_of(TokenId token);
  bool show(std::string_view text);
  bool show_parts(const templates::ReasoningSplitter::Parts& parts);
  void show_reasoning(std::string_view text);
  bool end_reply();
  bool write(std::string_view text);
  bool stop(Ending ending, const Status& status = {});

  Session& session_;
  const Tokenizer& tokenizer_;
  Sampler& sampler_;
  std::optional<ChatFormat> format_;  // one of these two
  std::optional<TemplateTurns> turns_;
  ConversationOptions options_;  // includes the state of the stop strings
  Drafting& drafting_;
  Detokenizer detokenizer_;  // of the current reply
  std::vector<char> text_;   // the current turn
  std::vector<TokenId> tokens_;
  std::span<const TokenId> part_;    // tokens of the current part of a turn
  port::GrowingEncoder long_words_;  // for words beyond the session's planned memory
  std::vector<std::uint64_t> turn_;  // a snapshot of the session before the current turn, if
  std::size_t turn_bytes_ = 0;  // its model has convolutions; with a template, of a place in it
  std::uint64_t turn_position_ = 0;
  bool begun_ = false;
  std::uint64_t started_ = 0;

  // Of a turn by a template.
  std::optional<TemplateTurns::Turn> rendered_;
  std::optional<templates::ReasoningSplitter> splitter_;
  std::vector<TokenId> reply_tokens_;
  std::string decoded_, content_, reasoning_;  // of the reply; content_ ends at a stop string
  RunReport report_;
  Continuation continuation_;
};

}  // namespace ringlet::cli
