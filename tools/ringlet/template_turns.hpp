// The turns of a conversation by a chat template: its messages, and what the session holds of them.
#pragma once

#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ringlet/tokenizer.hpp"
#include "templates/prompt_template.hpp"
#include "templates/reasoning.hpp"
#include "templates/transcript.hpp"

namespace ringlet::cli {

/// What all turns have in common.
struct TurnSettings {
  std::optional<std::string> system;
  nlohmann::ordered_json variables;  // of the template
  std::tm clock;                     // one for the conversation, so that midnight changes nothing
};

class TemplateTurns {
 public:
  struct Turn {
    std::string message;
    templates::Prompt prompt;
    templates::Transcript::Continuation continuation;
  };

  /// `chat_template` must outlive the object.
  TemplateTurns(const templates::PromptTemplate& chat_template, const Tokenizer& tokenizer,
                TurnSettings settings);

  /// Forgets the messages. The session holds so many tokens; if there are any, they are the
  /// beginning of a conversation that only the session knows.
  void begin(std::uint64_t position);

  /// The turn of a message from the user. Changes nothing. Throws Failure if the template refuses
  /// it.
  [[nodiscard]] Turn ask(std::string_view message) const;
  /// The tokens of a turn that the next turn will have too, whatever the template does with the
  /// reply: those before the mark that asks for it.
  [[nodiscard]] std::size_t lasting_tokens(const Turn& turn) const;
  /// The session holds the turn.
  void asked(const Turn& turn);

  /// For the reply to this turn.
  [[nodiscard]] templates::ReasoningSplitter splitter(const Turn& turn) const;
  /// What became of a turn.
  struct Reply {
    std::span<const TokenId> tokens;       // that the session holds
    std::string decoded;                   // their text without reasoning
    std::string content;                   // what was shown of it
    std::optional<std::string> reasoning;  // absent without a block of it
  };
  void replied(const Reply& reply);

  /// The position of the session at a token of the transcript, and the way back.
  [[nodiscard]] std::uint64_t position_of(std::size_t token) const { return base_ + token; }
  /// The session has gone back to a position behind base().
  void go_back(std::uint64_t position);
  [[nodiscard]] std::uint64_t base() const { return base_; }
  [[nodiscard]] const templates::Transcript& transcript() const { return transcript_; }

 private:
  [[nodiscard]] templates::Prompt render(const nlohmann::ordered_json& messages, bool ask) const;
  [[nodiscard]] bool goes_on_with(const std::string& content, const std::string& held) const;

  const templates::PromptTemplate& template_;
  Tokenizer tokenizer_;
  TurnSettings settings_;
  std::optional<templates::ReasoningMarks> marks_;
  nlohmann::ordered_json messages_ = nlohmann::ordered_json::array();
  std::uint64_t base_ = 0;  // where the transcript begins
  templates::Transcript transcript_;
};

}  // namespace ringlet::cli
