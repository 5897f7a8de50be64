// Drafts from a smaller model with any vocabulary: text in place of tokens.
#pragma once

#include "ringlet/language.hpp"  // first

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/draft_pause.hpp"
#include "ringlet/drafter.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// Lets a smaller model, whose vocabulary may be another, continue the text of the target greedily,
/// and cuts the result with the target's tokenizer. What the cut makes of the text so far must be
/// the tokens that the text has; then the tokens after them are the draft.
///
/// The draft model has a session of its own, as with DraftModel, and pauses as it does. Its
/// tokenizer workspace serves both tokenizers.
class DraftText {
 public:
  /// Creates an empty drafter. Only useful as a target of assignment.
  DraftText() = default;

  /// Drafts for sessions of `target` from `session`, which should be at position 0. A model with
  /// recurrent layers needs a rewind of config.ring_chunk(), or this is an invalid_argument. Error:
  /// unsupported if one of the models has no tokenizer.
  static Result<DraftText> create(const Model& target, Session session) noexcept;

  /// Appends tokens to the text.
  void observe(std::span<const TokenId> tokens) noexcept;

  /// Writes the tokens of the most likely continuation to `out`, and returns their number: those of
  /// whole words, as far as the draft model writes on.
  std::size_t draft(std::span<TokenId> out) noexcept;

  /// This object as a drafter; it must stay where it is.
  [[nodiscard]] Drafter drafter() noexcept;

 private:
  DraftText(const Tokenizer& target, const Tokenizer& draft, Session session) noexcept
      : target_(target), draft_(draft), target_text_(target), session_(session) {}

  /// A text that grows at its end.
  struct Text {
    std::array<char, 512> characters{};
    std::size_t size = 0;

    /// The characters [first, end). (substr() would check, and needs exceptions for that.)
    [[nodiscard]] std::string_view part(std::size_t first, std::size_t end) const noexcept {
      return {characters.data() + first, end - first};
    }
    [[nodiscard]] std::string_view view() const noexcept { return part(0, size); }
    [[nodiscard]] bool append(std::string_view more) noexcept;
    void drop(std::size_t first) noexcept;
  };
  /// The newest tokens of the text, which begin with a word that may go on.
  struct Tail {
    std::array<TokenId, 64> tokens{};
    std::array<std::uint16_t, 64> ends{};  // of each token's text
    std::size_t count = 0;
    Text text;
    bool begins = true;  // the text begins with it
  };

  void take(TokenId token) noexcept;
  void begin_anew() noexcept;
  void settle(std::size_t tokens) noexcept;
  [[nodiscard]] std::size_t last_word() const noexcept;
  std::size_t read(std::string_view text, bool begins) noexcept;
  void write_on(std::size_t steps, std::size_t words) noexcept;
  std::size_t cut(std::span<TokenId> out) noexcept;

  Tokenizer target_;
  Tokenizer draft_;
  Detokenizer target_text_{Tokenizer()};
  Session session_;
  Tail tail_;
  Text continued_;  // the text of the tail and what follows it
  DraftPause pause_;
};

}  // namespace ringlet
