// Unigram encoding of one word (Kudo, 2018): among all segmentations into pieces, the one with the
// highest sum of scores.
//
// Dynamic programming from left to right finds the best way to reach each place between two
// characters. Walking the sorted index byte by byte finds the pieces that begin at a place.
// Workspace per byte of the word, which fits into that of byte-pair encoding:
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

/// Same interface and workspace as BpeEncoder.
class UnigramEncoder {
 public:
  /// `workspace` must be aligned like that of BpeEncoder.
  UnigramEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept;

  /// Longest word in bytes.
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

  /// Buffer for the word. The caller writes it before encode().
  [[nodiscard]] std::span<char> word() const noexcept { return {word_, capacity_}; }

  /// The rest of the workspace, free for the caller until encode().
  [[nodiscard]] std::span<char> scratch() const noexcept {
    char* begin = reinterpret_cast<char*>(sums_);
    return {begin, static_cast<std::size_t>(word_ - begin)};
  }

  /// Encodes the first `size` bytes of word(), between 1 and capacity, and returns the number of
  /// tokens. Fails if the vocabulary cannot represent a character.
  Result<std::uint32_t> encode(std::uint32_t size) noexcept;

  /// Writes the tokens of the word encoded last. `out` must have room for all of them.
  void write(std::span<TokenId> out) const noexcept;

 private:
  void find_best_way() noexcept;
  void offer(std::uint32_t begin, std::uint32_t end, TokenId token, float score) noexcept;
  void try_pieces(std::uint32_t begin) noexcept;
  std::uint32_t turn_round() noexcept;
  template <typename Put>
  void each_token(Put put) const noexcept;

  const Vocabulary& vocabulary_;
  // For place i, the end of byte i − 1, at index i − 1.
  float* sums_;
  std::uint32_t* begins_;  // after turn_round(): where the piece that begins here ends
  TokenId* tokens_;        // after turn_round(): the piece that begins here
  char* word_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
};

}  // namespace ringlet
