// Byte-pair encoding of one word.
//
// The symbols of the word form a doubly linked list. Every adjacent pair that can be merged is a
// candidate in a binary heap, best first and leftmost on ties. SentencePiece merges pairs that
// together spell a piece, the best score first. Other vocabularies have a merge list that ranks the
// pairs. Joining two symbols creates at most two new candidates and leaves stale ones behind, which
// are recognized when they surface. So n bytes cost O(n log n), and at most 2n candidates exist.
//
// A symbol is identified by the offset of its first byte. Its length is the distance to the next
// one, and "leftmost" is the smaller offset. Workspace per byte of the word, in fixed-width types
// and thus equal on every target:
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

  /// Size in bytes of the workspace for words of up to `capacity` bytes, a multiple of the
  /// alignment.
  static constexpr std::uint64_t workspace_bytes(std::uint64_t capacity) noexcept {
    return (capacity * bytes_per_byte + workspace_alignment - 1) / workspace_alignment *
           workspace_alignment;
  }

  /// `workspace` must be aligned to workspace_alignment.
  BpeEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept;

  /// Longest word in bytes.
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

  /// Buffer for the word. The caller writes it before encode().
  [[nodiscard]] std::span<char> word() const noexcept { return {word_, capacity_}; }

  /// The rest of the workspace, free for the caller until encode().
  [[nodiscard]] std::span<char> scratch() const noexcept {
    char* begin = reinterpret_cast<char*>(candidates_);
    return {begin, static_cast<std::size_t>(word_ - begin)};
  }

  /// Encodes the first `size` bytes of word(), between 1 and capacity, and returns the number of
  /// tokens. Fails if the vocabulary cannot represent a character.
  Result<std::uint32_t> encode(std::uint32_t size) noexcept;

  /// Writes the tokens of the word encoded last. `out` must have room for all of them.
  void write(std::span<TokenId> out) const noexcept;

 private:
  // Values of merged_ that are not tokens.
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
  std::uint64_t* candidates_;  // a heap: rank of the merge in the upper half, complement of the
                               // symbol in the lower
  std::uint32_t* next_;
  std::uint32_t* previous_;
  TokenId* token_;
  std::uint32_t* merged_;  // the result of joining this symbol to the next: a piece or a merge
  char* word_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  std::uint32_t last_ = 0;  // the last symbol while splitting
  std::uint32_t symbols_ = 0;
  std::size_t candidate_count_ = 0;
};

}  // namespace ringlet
