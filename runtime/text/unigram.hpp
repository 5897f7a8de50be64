// The unigram model's encoding of one word (Kudo, 2018): of all ways to write it in pieces, the one
// with the best sum of scores.
//
// Dynamic programming from left to right: for each place between two characters, the best way to
// reach it. Pieces that begin at a place are found by walking into the sorted index byte by byte.
// Workspace per byte of the word, within what byte-pair encoding has:
//
//   | sum of scores f32 | where the last piece begins u32 | that piece u32 | the byte itself |
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/formats.hpp"
#include "ringlet/status.hpp"
#include "text/bpe.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

/// Used like BpeEncoder, in the same workspace.
class UnigramEncoder {
 public:
  /// `workspace` must be aligned.
  UnigramEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept;

  /// The longest word in bytes.
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

  /// Where the caller writes the word before encode().
  [[nodiscard]] std::span<char> word() const noexcept { return {word_, capacity_}; }

  /// The rest of the workspace, which is free until encode().
  [[nodiscard]] std::span<char> scratch() const noexcept {
    char* begin = reinterpret_cast<char*>(sums_);
    return {begin, static_cast<std::size_t>(word_ - begin)};
  }

  /// Encodes the first `size` bytes of word(), between 1 and capacity, and says how many tokens
  /// they became. Fails when the vocabulary has no way to write a character.
  Result<std::uint32_t> encode(std::uint32_t size) noexcept;

  /// Writes the tokens of the word just encoded; `out` must hold them all.
  void write(std::span<TokenId> out) const noexcept;

 private:
  void find_best_way() noexcept;
  void offer(std::uint32_t begin, std::uint32_t end, TokenId token, float score) noexcept;
  void try_pieces(std::uint32_t begin) noexcept;
  std::uint32_t turn_round() noexcept;
  template <typename Put>
  void each_token(Put put) const noexcept;

  const Vocabulary& vocabulary_;
  // Of the place i, which is the end of byte i − 1, at index i − 1.
  float* sums_;
  std::uint32_t* begins_;  // later: where the piece that begins here ends
  TokenId* tokens_;        // later: the piece that begins here
  char* word_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
};

}  // namespace ringlet
