// Conversion of text to tokens and back. The tables are read in the model file; the caller provides
// the workspace.
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

/// The result of one call of Tokenizer::encode.
struct Encoded {
  std::size_t tokens = 0;  // tokens written
  std::size_t bytes = 0;   // bytes of the text consumed, always whole words
  bool beginning = false;  // pass this to the next call, with the rest of the text
};

/// How to treat the spelling of a control token ("<|im_end|>") in a text.
struct ControlTokens {
  /// True encodes the spelling as the control token, for texts from a trusted author. False encodes
  /// it as ordinary characters.
  bool enabled = false;
  /// A part of the text that is always encoded as ordinary characters: user input within a
  /// template. Must be a subrange of the text's bytes.
  std::string_view literal = {};
  /// True: in that part user-defined pieces ("<tool_call>", or a piece of JSON), which otherwise
  /// are tokens in any text, are ordinary characters too. For requests within a form that has such
  /// pieces.
  bool literal_is_plain = false;
};

/// Converts text to tokens with the vocabulary of a model file. Supports SentencePiece (byte-pair
/// encoding and unigram; Kudo and Richardson, 2018) and the byte-level byte-pair encoding of GPT-2
/// and its successors (Radford et al., 2019).
class Tokenizer {
 public:
  /// Creates an empty tokenizer. Only useful as a target of assignment.
  Tokenizer() = default;

  /// Returns a view of the model's tokenizer, valid as long as the model. Error: unsupported if the
  /// file has none.
  static Result<Tokenizer> open(const Model& model) noexcept;

  /// Size in bytes of the workspace with which encode() accepts words of up to `longest_word`
  /// bytes.
  static std::uint64_t workspace_bytes(std::uint32_t longest_word) noexcept;

  /// Encodes as many whole words from the start of `text` as fit into `out`, and returns the
  /// progress. Call again with the rest until all bytes are consumed.
  ///
  /// `text` must be all the text that is left, because the split into words looks ahead.
  /// `beginning` is true at the start of a text, where the vocabulary may add a space; for the
  /// rest, pass Encoded::beginning of the previous call. The tokens do not depend on how the text
  /// is divided into calls. `workspace` must be aligned to 8.
  ///
  /// Errors: not_enough_memory for a word longer than the workspace allows; invalid_argument for a
  /// word with more tokens than `out` holds. Both say how much is needed; the first also suggests a
  /// longest_word, if the word's length is known.
  Result<Encoded> encode(std::string_view text, bool beginning, std::span<std::byte> workspace,
                         std::span<TokenId> out,
                         const ControlTokens& control_tokens = {}) const noexcept;

  /// The bytes of a token as stored ("<0x0A>" for a byte token); empty if the id is out of range.
  [[nodiscard]] std::string_view piece(TokenId token) const noexcept;

  /// Returns the token with exactly these bytes, or `none`.
  [[nodiscard]] TokenId find(std::string_view piece) const noexcept;

  /// Whether a token is a control token, which the detokenizer prints as nothing.
  [[nodiscard]] bool is_control(TokenId token) const noexcept;
  /// Whether a token stands for a single byte. If so, stores the byte in `value` unless that is
  /// null.
  [[nodiscard]] bool is_byte(TokenId token, std::uint8_t* value) const noexcept;

  /// Whether a token stands for text that a grammar can read: it is a normal or user-defined piece
  /// or a byte, has bytes, and does not end a reply.
  [[nodiscard]] bool is_text(TokenId token) const noexcept;

  /// The tokens for the beginning and the end of a text, or `none` if the vocabulary has none.
  [[nodiscard]] TokenId bos() const noexcept;
  [[nodiscard]] TokenId eos() const noexcept;

  /// Whether this token ends a reply: eos, or another token that the file names.
  [[nodiscard]] bool ends_reply(TokenId token) const noexcept;

  /// Whether this token ends a text: one that ends a reply, or bos, unless that stands for text.
  /// Models trained on concatenated texts, each with a bos, end a text by starting another.
  [[nodiscard]] bool ends_text(TokenId token) const noexcept {
    return ends_reply(token) || (token != none && token == bos() && !is_text(token));
  }
  /// Whether the vocabulary wants bos at the start of a text.
  [[nodiscard]] bool adds_bos() const noexcept;
  /// Whether encode() adds a space at the start of a text.
  [[nodiscard]] bool adds_space_prefix() const noexcept;

  /// No token.
  static constexpr TokenId none = 0xFFFFFFFF;

 private:
  const schema::Model* tables_ = nullptr;
};

/// Turns a stream of tokens into text. It holds back the bytes of an incomplete character, so that
/// its output is always valid UTF-8. Bytes that can never become a character are replaced by
/// U+FFFD.
class Detokenizer {
 public:
  /// `beginning` is false if the text continues an earlier one.
  explicit Detokenizer(const Tokenizer& tokenizer, bool beginning = true) noexcept
      : tokenizer_(tokenizer), at_start_(beginning) {}

  /// Returns the text that is complete with this token, valid until the next call. Pieces longer
  /// than the buffer are refused when a model is converted, so nothing is ever truncated.
  std::string_view next(TokenId token) noexcept;

  /// The same for the bytes of a token, at most longest_piece: GrammarState::text(). More are left
  /// out.
  std::string_view next_bytes(std::string_view bytes) noexcept;

  /// Ends the text. Returns U+FFFD if bytes of an incomplete character are left, otherwise nothing.
  std::string_view finish() noexcept;

  /// Longest piece of a vocabulary, in bytes.
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
