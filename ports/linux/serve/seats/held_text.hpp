// What a seat's session holds: tokens, and the text of a conversation if that is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/seats/job.hpp"
#include "templates/transcript.hpp"

namespace ringlet::serve {

class HeldText {
 public:
  using Continuation = templates::Transcript::Continuation;

  explicit HeldText(const Tokenizer& tokenizer) : transcript_(tokenizer) {}

  /// How much of the prompt is here, roughly: tokens, or for a chat the tokens of as much text.
  [[nodiscard]] std::size_t shared_with(const Job& job) const;

  /// How to bring the session to the end of the prompt. Throws port::Failure.
  [[nodiscard]] Continuation continue_with(const Job& job) const;

  /// The session holds the whole prompt now, or will when it has read what is appended.
  void hold(const Job& job, const Continuation& continuation);

  /// The session has appended a token of an answer.
  void append(TokenId token, std::string_view text) { transcript_.append({&token, 1}, text); }
  void truncate(std::size_t tokens) { transcript_.truncate(tokens); }

  /// What a saved session held.
  void restore(std::span<const TokenId> tokens, std::string_view text);

  [[nodiscard]] std::span<const TokenId> tokens() const { return transcript_.tokens(); }
  [[nodiscard]] const std::string& text() const { return transcript_.text(); }

 private:
  templates::Transcript transcript_;
};

/// How many tokens or bytes two texts have in common at the beginning.
template <typename Text>
[[nodiscard]] std::size_t common_beginning(const Text& left, const Text& right) {
  const std::size_t most = left.size() < right.size() ? left.size() : right.size();
  std::size_t same = 0;
  while (same < most && left[same] == right[same]) ++same;
  return same;
}

}  // namespace ringlet::serve
