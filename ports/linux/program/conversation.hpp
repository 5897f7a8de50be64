// A conversation that is kept in a session: each turn prefills only what is new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "generation.hpp"
#include "ringlet/chat.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/tokenizer.hpp"
#include "tuner.hpp"

namespace ringlet::cli {

struct ConversationOptions {
  std::optional<std::string> system;  // absent: as the model's format begins by itself
  std::uint64_t limit = 0;            // the most tokens of a reply
  bool progress = false;
};

class Conversation {
 public:
  /// The references must outlive the object.
  Conversation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
               const ChatFormat& format, ConversationOptions options, const port::Tuner& tuner);

  /// Prefills a message and writes the reply to standard output as it is decoded, with a newline at
  /// its end. An interruption ends the reply and keeps what there is of it; where it comes before
  /// the reply has begun, the conversation is as it was.
  const RunReport& say(std::string_view message);

  /// Begins anew.
  void reset();

  /// Whether anything has been said.
  [[nodiscard]] bool has_begun() const { return begun_; }
  /// For a session that was restored with a conversation in it.
  void set_begun(bool begun) { begun_ = begun; }

 private:
  bool prefill(std::string_view message);
  bool prefill_turn(const ChatTurn& turn);
  bool prefill_tokens(std::size_t count, const Progress& progress);
  void reply();
  bool step(TokenId token);
  bool write(std::string_view text);
  bool stop(Ending ending, const Status& status = {});

  Session& session_;
  const Tokenizer& tokenizer_;
  Sampler& sampler_;
  ChatFormat format_;
  ConversationOptions options_;
  port::Tuner tuner_;
  std::vector<char> text_;  // a turn
  std::vector<TokenId> tokens_;
  bool begun_ = false;
  std::uint64_t started_ = 0;
  RunReport report_;
};

}  // namespace ringlet::cli
