// A conversation kept in a session: each turn prefills only the new text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "generation.hpp"
#include "growing_encoder.hpp"
#include "ringlet/chat.hpp"
#include "ringlet/linux/tuner.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/tokenizer.hpp"
#include "stop_strings.hpp"

namespace ringlet::cli {

struct ConversationOptions {
  std::optional<std::string> system;  // absent: the default opening of the format
  std::uint64_t limit = 0;            // maximum number of tokens per reply
  std::span<const std::byte> start;   // snapshot that the conversation starts from, or empty
  StopStrings stop;
  bool limits_words = false;  // to the session's longest_word
  bool progress = false;
  Answer* answer = nullptr;  // what restricts replies
};

class Conversation {
 public:
  /// The references must outlive the object.
  Conversation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
               const ChatFormat& format, ConversationOptions options, const port::Tuner& tuner,
               Drafting& drafting);

  /// Begins the text that the grammar allows in reply to this message; without a grammar, nothing.
  /// Call it before say(). Throws Failure, and changes nothing, if there is no reply.
  void restrict_reply(std::string_view message);

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
  void set_begun(bool begun) { begun_ = begun; }

 private:
  void keep_turn();
  bool restore_turn();
  bool prefill(std::string_view message);
  bool prefill_turn(const ChatTurn& turn);
  bool prefill_tokens(std::span<const TokenId> tokens, const Progress& progress);
  Result<Encoded> encode(std::string_view text, bool beginning,
                         const ControlTokens& control_tokens);
  void reply();
  bool take(TokenId token);
  bool show(std::string_view text);
  bool end_reply();
  bool write(std::string_view text);
  bool stop(Ending ending, const Status& status = {});

  Session& session_;
  const Tokenizer& tokenizer_;
  Sampler& sampler_;
  ChatFormat format_;
  ConversationOptions options_;  // includes the state of the stop strings
  Drafting& drafting_;
  Detokenizer detokenizer_;  // of the current reply
  std::vector<char> text_;   // the current turn
  std::vector<TokenId> tokens_;
  std::span<const TokenId> part_;    // tokens of the current part of a turn
  port::GrowingEncoder long_words_;  // for words beyond the session's planned memory
  std::vector<std::uint64_t> turn_;  // a snapshot of the session before the current turn, if
  std::size_t turn_bytes_ = 0;       // its model has convolutions
  bool begun_ = false;
  std::uint64_t started_ = 0;
  RunReport report_;
  Continuation continuation_;
};

}  // namespace ringlet::cli
