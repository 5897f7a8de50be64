// Byte-pair encoding of one word.
//
// The symbols of the word form a doubly linked list; every adjacent pair that can be merged is a
// candidate in a binary heap, best first, leftmost on ties. SentencePiece merges what together
// spells a piece, the best score first; the list of merges of other vocabularies gives each pair a
// rank. Joining two symbols
// makes at most two new candidates and leaves stale ones behind, which are recognised when they
// surface. So n bytes cost O(n log n) and never more than 2n candidates exist.
//
// A symbol is named by the offset of its first byte, so its length is the distance to the next one
// and "leftmost" is the smaller name. Workspace per byte of the word (fixed-width, hence the same
// bytes on every target):
//
//   | candidates 2 × u64 | next u32 | previous u32 | token u32 | merged u32 | the byte itself |
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/formats.hpp"
#include "ringlet/status.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

class BpeEncoder {
 public:
  static constexpr std::size_t workspace_alignment = alignof(std::uint64_t);
  static constexpr std::uint64_t bytes_per_byte =
      2 * sizeof(std::uint64_t) + 4 * sizeof(std::uint32_t) + 1;

  /// Workspace for words of up to `capacity` bytes, a multiple of the alignment.
  static constexpr std::uint64_t workspace_bytes(std::uint64_t capacity) noexcept {
    return (capacity * bytes_per_byte + workspace_alignment - 1) / workspace_alignment *
           workspace_alignment;
  }

  /// `workspace` must be aligned.
  BpeEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept;

  /// The longest word in bytes.
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

  /// Where the caller writes the word before encode().
  [[nodiscard]] std::span<char> word() const noexcept { return {word_, capacity_}; }

  /// The rest of the workspace, which is free until encode().
  [[nodiscard]] std::span<char> scratch() const noexcept {
    char* begin = reinterpret_cast<char*>(candidates_);
    return {begin, static_cast<std::size_t>(word_ - begin)};
  }

  /// Encodes the first `size` bytes of word(), between 1 and capacity, and says how many tokens
  /// they became. Fails when the vocabulary has no way to write a character.
  Result<std::uint32_t> encode(std::uint32_t size) noexcept;

  /// Writes the tokens of the word just encoded; `out` must hold them all.
  void write(std::span<TokenId> out) const noexcept;

 private:
  // Values of merged_ that are no token.
  static constexpr std::uint32_t no_merge = 0xFFFFFFFF;
  static constexpr std::uint32_t never_merges = 0xFFFFFFFE;

  bool split_into_symbols() noexcept;
  void split_into_bytes() noexcept;
  bool append(std::uint32_t begin, std::uint32_t length) noexcept;
  void link(std::uint32_t begin, std::uint32_t length, TokenId token, bool merges) noexcept;
  void consider(std::uint32_t left) noexcept;
  void join(std::uint32_t left) noexcept;
  [[nodiscard]] std::uint64_t candidate(std::uint32_t left) const noexcept;
  [[nodiscard]] std::uint32_t merge_of(std::uint32_t left, std::uint32_t right) const noexcept;
  [[nodiscard]] bool is_fused(std::uint32_t symbol) const noexcept;

  const Vocabulary& vocabulary_;
  std::uint64_t* candidates_;  // a heap: order of the merge above, complement of the symbol below
  std::uint32_t* next_;
  std::uint32_t* previous_;
  TokenId* token_;
  std::uint32_t* merged_;  // what the symbol and the next one would become: a piece, or a merge
  char* word_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  std::uint32_t last_ = 0;  // the last symbol while splitting
  std::uint32_t symbols_ = 0;
  std::size_t candidate_count_ = 0;
};

}  // namespace ringlet
