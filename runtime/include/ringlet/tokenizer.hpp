// Text to tokens and back, with the tables of the model file and no memory of its own.
#pragma once

#include "ringlet/language.hpp"  // first

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/formats.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// What one call of Tokenizer::encode did.
struct Encoded {
  std::size_t tokens = 0;  // ids written
  std::size_t bytes = 0;   // bytes of the text consumed, always whole words
  bool beginning = false;  // what to say about the rest in the next call
};

/// What the spelling of a control token in a text means ("<|im_end|>").
struct Markup {
  /// The token instead of the characters. For texts whose author may speak to the model.
  bool control_tokens = false;
  /// A part of the text for which that does not hold: what a user has typed into a template.
  std::string_view literal = {};
};

/// Text to tokens, in the ways of SentencePiece (byte-pair encoding and unigram; Kudo and
/// Richardson, 2018) and of GPT-2 and its successors (byte-level byte-pair encoding; Radford et
/// al., 2019). Which one is data of the model file.
class Tokenizer {
 public:
  /// An empty tokenizer; only useful as a place to assign to.
  Tokenizer() = default;

  /// A view of the model's tokenizer. Fails when the file has none.
  static Result<Tokenizer> open(const Model& model) noexcept;

  /// Bytes of workspace that encode() needs for words of up to `longest_word` bytes.
  static std::uint64_t workspace_bytes(std::uint32_t longest_word) noexcept;

  /// Encodes as many whole words from the start of `text` as fit into `out`, and says how far it
  /// got; call again with the rest until all is consumed. `beginning` is true for the start of a
  /// text, where the vocabulary may want a space put in front; for the rest, the last call says it.
  /// `text` is all of the text that is left: words are cut looking ahead. The result does not
  /// depend on how the calls are cut. Errors: a word longer than the workspace allows, or with more
  /// tokens than `out` holds (both say how much is needed).
  Result<Encoded> encode(std::string_view text, bool beginning, std::span<std::byte> workspace,
                         std::span<TokenId> out, const Markup& markup = {}) const noexcept;

  /// The bytes of a token as stored ("<0x0A>" for a byte token); empty for an id out of range.
  [[nodiscard]] std::string_view piece(TokenId token) const noexcept;

  /// The token of exactly these bytes, or `none`.
  [[nodiscard]] TokenId find(std::string_view piece) const noexcept;

  /// Control tokens print as nothing; byte tokens as their byte.
  [[nodiscard]] bool is_control(TokenId token) const noexcept;
  [[nodiscard]] bool is_byte(TokenId token, std::uint8_t* value) const noexcept;

  [[nodiscard]] TokenId bos() const noexcept;  // `none` where the vocabulary has none
  [[nodiscard]] TokenId eos() const noexcept;

  /// Whether a reply is over with this token: eos, or another that the file names.
  [[nodiscard]] bool ends_reply(TokenId token) const noexcept;
  [[nodiscard]] bool adds_bos() const noexcept;
  [[nodiscard]] bool adds_space_prefix() const noexcept;

  static constexpr TokenId none = 0xFFFFFFFF;

 private:
  const schema::Model* tables_ = nullptr;
};

/// Turns a stream of tokens into text, holding back the bytes of a character until it is whole, so
/// that what comes out is always valid UTF-8 (a byte that can never become a character is replaced
/// by U+FFFD).
class Detokenizer {
 public:
  /// `beginning` is false where the text goes on from one before.
  explicit Detokenizer(const Tokenizer& tokenizer, bool beginning = true) noexcept
      : tokenizer_(tokenizer), at_start_(beginning) {}

  /// The text that becomes certain with this token. Valid until the next call. A piece longer than
  /// the buffer is refused at conversion, so nothing is ever cut.
  std::string_view next(TokenId token) noexcept;

  /// What is still held back at the end, as U+FFFD.
  std::string_view finish() noexcept;

  static constexpr std::size_t longest_piece = 256;

 private:
  std::string_view emit(std::string_view bytes) noexcept;

  Tokenizer tokenizer_;
  std::array<char, 3 * (longest_piece + 4)> buffer_{};
  std::array<char, 4> pending_{};
  std::uint8_t pending_size_ = 0;
  bool at_start_;
};

}  // namespace ringlet
