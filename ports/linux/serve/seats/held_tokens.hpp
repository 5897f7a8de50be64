// The tokens that a seat's session holds, and how a prompt continues them.
//
// A prompt continues the tokens that both have in common. So each answer is the one that an empty
// seat gives, whatever the seat answered before. If the model wrote a reply in other tokens than
// the tokenizer does, the session reads the prompt again from the first difference.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "ringlet/formats.hpp"

namespace ringlet::serve {

/// How many tokens two texts have in common at the beginning.
[[nodiscard]] std::size_t common_beginning(std::span<const TokenId> left,
                                           std::span<const TokenId> right);

class HeldTokens {
 public:
  /// How to bring a session to the end of a prompt.
  struct Continuation {
    std::size_t keep = 0;                  // tokens; the session goes back behind them
    std::span<const TokenId> append = {};  // the rest of the prompt, not empty unless that is
  };

  [[nodiscard]] Continuation continue_with(std::span<const TokenId> prompt) const;

  /// The session holds the whole prompt now, or will when it has read what is appended.
  void hold(const Continuation& continuation);
  /// The session has appended a token of an answer.
  void append(TokenId token) { tokens_.push_back(token); }
  /// The session has gone back to so many tokens, or holds no more.
  void truncate(std::size_t count);
  /// What a saved session held.
  void restore(std::vector<TokenId> tokens) { tokens_ = std::move(tokens); }

  [[nodiscard]] std::span<const TokenId> tokens() const { return tokens_; }

 private:
  std::vector<TokenId> tokens_;
};

}  // namespace ringlet::serve
