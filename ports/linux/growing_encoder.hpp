// Tokenization without planned memory, for words of any length.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::port {

/// A tokenizer with its own memory, which grows with the longest word that it encounters.
class GrowingEncoder {
 public:
  /// Copies `tokenizer`, whose model must outlive this object. Allocates with the first text.
  explicit GrowingEncoder(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  /// Encodes as many whole words as one call of Tokenizer::encode; tokens() then returns their
  /// tokens. Fails if the vocabulary cannot represent a character.
  Result<Encoded> encode(std::string_view text, bool beginning,
                         const ControlTokens& control_tokens = {});

  /// The tokens of the last successful call.
  [[nodiscard]] std::span<const TokenId> tokens() const noexcept {
    return std::span(tokens_).first(count_);
  }

  /// Longest word, in bytes, that fits into the current memory, as in Config::longest_word.
  [[nodiscard]] std::uint32_t longest_word() const noexcept { return longest_word_; }

 private:
  void make_room(std::uint32_t longest_word);

  Tokenizer tokenizer_;
  std::uint32_t longest_word_ = 0;
  std::vector<std::uint64_t> workspace_;
  std::vector<TokenId> tokens_;
  std::size_t count_ = 0;
};

}  // namespace ringlet::port
