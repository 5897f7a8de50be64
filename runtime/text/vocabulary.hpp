// The tokenizer's tables as plain spans, so that the encoder knows nothing of the file format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/formats.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// Pieces in the order of their ids, and an index over the normal ones. What the model verifier has
/// checked is assumed: ends ascend, the index is strictly ascending by bytes, every id is in range.
struct Vocabulary {
  const char* text = nullptr;                  // the bytes of all pieces
  std::span<const std::uint32_t> ends;         // where each piece ends in `text`
  std::span<const float> scores;               // one for each piece
  std::span<const std::uint32_t> sorted;       // normal pieces by bytes (unsigned, a prefix first)
  std::span<const std::uint32_t> byte_tokens;  // 256 ids, or none
  TokenId unknown = Tokenizer::none;
  std::uint32_t longest_piece = 0;
  bool add_space_prefix = true;
  bool splits_before_space = false;

  /// The bytes of a token; empty for an id out of range.
  [[nodiscard]] std::string_view piece(TokenId token) const noexcept {
    if (token >= ends.size()) return {};
    const std::uint32_t begin = token == 0 ? 0 : ends[token - 1];
    return {text + begin, ends[token] - begin};
  }

  /// The normal piece of exactly these bytes, or Tokenizer::none. Binary search: about
  /// log2(vocabulary) comparisons, and nothing to build or to keep in memory.
  [[nodiscard]] TokenId find(std::string_view bytes) const noexcept {
    if (bytes.size() > longest_piece) return Tokenizer::none;
    std::size_t low = 0;
    std::size_t high = sorted.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      const int order = piece(sorted[middle]).compare(bytes);
      if (order == 0) return sorted[middle];
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Tokenizer::none;
  }
};

}  // namespace ringlet
