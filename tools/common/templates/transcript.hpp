// What a session holds of a conversation, and how the next prompt continues it.
//
// A prompt is always rendered as a whole, because a template can change what it wrote before: it
// removes reasoning from earlier replies, or dates the conversation. What the session holds stays
// where the new text begins with the old one, and where both take the same control tokens for text.
// That is decided by text: a reply keeps the tokens that the model chose, whatever the tokenizer
// would make of its text. New text continues after one of those tokens. It does not continue after
// a prompt, because the tokenizer may join it with the prompt's end, or drop white space there. Nor
// does it continue within the spelling of a control token, which must be read as a whole.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ringlet/tokenizer.hpp"
#include "templates/guarded_render.hpp"

namespace ringlet::templates {

/// How many bytes two prompts have in common at the beginning. They end where one prompt has a
/// control token and the other one only its spelling.
[[nodiscard]] std::size_t common_beginning(const Prompt& left, const Prompt& right);

class Transcript {
 public:
  /// How to bring a session to the end of a prompt.
  struct Continuation {
    std::size_t keep = 0;              // tokens to keep; the session goes back behind them
    std::vector<TokenId> append = {};  // at least one
    bool beginning = true;             // for whatever text comes next
  };

  /// `control`, the spellings of the vocabulary, must outlive the object.
  Transcript(const Tokenizer& tokenizer, const ControlSpellings& control)
      : tokenizer_(tokenizer), control_(control) {}

  /// Throws port::Failure if the vocabulary has no way to write a character, or for an empty
  /// prompt.
  [[nodiscard]] Continuation continue_with(const Prompt& prompt) const;

  /// The session holds the whole prompt now, in the way of continue_with().
  void hold(const Prompt& prompt, const Continuation& continuation);

  /// The session has appended these tokens of a reply, which mean this text. A control token that
  /// the text spells is text where none of the tokens is a control token.
  void append(std::span<const TokenId> tokens, std::string_view text);

  /// The session has gone back to so many tokens.
  void truncate(std::size_t tokens);

  void clear() { truncate(0); }

  [[nodiscard]] std::span<const TokenId> tokens() const { return tokens_; }
  /// What the tokens mean.
  [[nodiscard]] const Prompt& held() const { return held_; }

 private:
  /// A place where both text and tokens end.
  struct Place {
    std::size_t bytes = 0;
    std::size_t tokens = 0;
    bool beginning = true;
    bool is_chosen = false;  // the model chose the token before it
  };

  Tokenizer tokenizer_;
  const ControlSpellings& control_;
  Prompt held_;
  std::vector<TokenId> tokens_;
  std::vector<Place> places_ = {Place{}};  // ascending; the first is the beginning
};

/// The bytes that a token stands for, as the text of a reply has them: a control token's spelling,
/// a byte token's byte, and any other piece as it is stored.
[[nodiscard]] std::string spelled(const Tokenizer& tokenizer, TokenId token);

}  // namespace ringlet::templates
