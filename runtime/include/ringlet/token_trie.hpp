// The tokens of a vocabulary by their bytes, for the masks of grammars.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/model.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// A trie of the tokens that stand for text (Tokenizer::is_text), read in place: in the model file,
/// where `ringlet-convert --token-trie` puts it, or in memory. A view; the model and the trie must
/// outlive it.
class TokenTrie {
 public:
  /// Creates an empty view. Only useful as a target of assignment.
  TokenTrie() = default;

  /// Verifies the trie of a model file, and returns a view. The time is that of reading the
  /// vocabulary once. Errors: unsupported if the file has no trie, or no tokenizer; invalid_model.
  static Result<TokenTrie> open(const Model& model) noexcept;

  /// The same for a trie in memory, as port::build_token_trie makes one. `words` must be aligned
  /// to 4.
  static Result<TokenTrie> open(const Model& model, std::span<const std::byte> words) noexcept;

  [[nodiscard]] const Tokenizer& tokenizer() const noexcept { return tokenizer_; }
  [[nodiscard]] std::uint32_t vocab_size() const noexcept { return vocab_size_; }
  /// The trie, for the library's own use (runtime/grammar/token_trie.hpp).
  [[nodiscard]] const std::uint32_t* words() const noexcept { return words_; }
  /// The tables of the model, for the library's own use.
  [[nodiscard]] const schema::Model* tables() const noexcept { return tables_; }

 private:
  const std::uint32_t* words_ = nullptr;
  const schema::Model* tables_ = nullptr;
  Tokenizer tokenizer_;
  std::uint32_t vocab_size_ = 0;
};

}  // namespace ringlet
