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

  /// `control`, the spellings of the vocabulary, must outlive the object.
  HeldText(const Tokenizer& tokenizer, const templates::ControlSpellings& control)
      : transcript_(tokenizer, control) {}

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
  void restore(std::span<const TokenId> tokens, templates::Prompt held, bool ends_in_reply);

  [[nodiscard]] std::span<const TokenId> tokens() const { return transcript_.tokens(); }
  [[nodiscard]] const templates::Prompt& prompt() const { return transcript_.held(); }
  [[nodiscard]] bool ends_in_reply() const { return transcript_.ends_in_reply(); }

 private:
  templates::Transcript transcript_;
};

/// How many tokens two texts have in common at the beginning.
[[nodiscard]] inline std::size_t common_beginning(std::span<const TokenId> left,
                                                  std::span<const TokenId> right) {
  const std::size_t most = left.size() < right.size() ? left.size() : right.size();
  std::size_t same = 0;
  while (same < most && left[same] == right[same]) ++same;
  return same;
}

/// How much of a job's prompt tokens with this meaning have in common with it, roughly.
[[nodiscard]] std::size_t shared_with(const Job& job, std::span<const TokenId> tokens,
                                      const templates::Prompt& held);

}  // namespace ringlet::serve
