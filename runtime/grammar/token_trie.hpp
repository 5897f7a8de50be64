// The layout of a trie of tokens, in words of 32 bits:
//
//   header (4)    nodes and tokens of the plain part, nodes and tokens of the rest
//   plain tokens  a bit for each token of the vocabulary
//   plain part, rest, each:
//     nodes       in preorder: byte + 256 · number of nodes of the subtree, the node included
//     ends        for each 32 nodes: a bit for each at which a token ends; the number of tokens
//     before tokens      in the order of the nodes depths      of the nodes, 0 for a first byte;
//     one byte each, four to a word
//
// Plain tokens are those of plain text (grammar/plain_text.hpp). In a state in which a grammar
// takes any plain text, a mask is a copy of their bits and a walk over the rest. Siblings ascend by
// their bytes. Several tokens of the same bytes have a node each, all but the last without
// children, and ascend.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ringlet {

static_assert(std::endian::native == std::endian::little, "the trie is read in place");

/// One part of a trie.
struct TriePart {
  const std::uint32_t* nodes = nullptr;
  const std::uint32_t* ends = nullptr;
  const std::uint32_t* tokens = nullptr;
  const std::uint8_t* depths = nullptr;
  std::uint32_t count = 0;        // of nodes
  std::uint32_t token_count = 0;  // of tokens

  static constexpr std::uint32_t most_nodes = 1U << 24;

  static constexpr std::uint64_t words(std::uint64_t nodes, std::uint64_t tokens) noexcept {
    return nodes + 2 * ((nodes + 31) / 32) + tokens + (nodes + 3) / 4;
  }

  /// `at` is where a part of `words(nodes, tokens)` words begins.
  TriePart(const std::uint32_t* at, std::uint32_t its_nodes, std::uint32_t its_tokens) noexcept
      : nodes(at),
        ends(at + its_nodes),
        tokens(ends + std::size_t{2} * ((its_nodes + 31) / 32)),
        depths(reinterpret_cast<const std::uint8_t*>(tokens + its_tokens)),
        count(its_nodes),
        token_count(its_tokens) {}

  [[nodiscard]] std::uint8_t byte(std::uint32_t node) const noexcept {
    return static_cast<std::uint8_t>(nodes[node]);
  }
  [[nodiscard]] std::uint32_t subtree(std::uint32_t node) const noexcept {
    return nodes[node] >> 8;
  }
  [[nodiscard]] bool is_end(std::uint32_t node) const noexcept {
    return (ends[std::size_t{node} / 32 * 2] >> (node % 32) & 1) != 0;
  }
  /// The number of tokens that end before a node.
  [[nodiscard]] std::uint32_t tokens_before(std::uint32_t node) const noexcept {
    const std::uint32_t* pair = ends + std::size_t{node} / 32 * 2;
    return pair[1] + count_bits(pair[0] & ((1U << node % 32) - 1));
  }
  /// The token that ends at a node.
  [[nodiscard]] std::uint32_t token(std::uint32_t node) const noexcept {
    return tokens[tokens_before(node)];
  }

  /// Without an instruction for it, the compiler would call a function.
  static constexpr std::uint32_t count_bits(std::uint32_t x) noexcept {
    x -= x >> 1 & 0x55555555U;
    x = (x & 0x33333333U) + (x >> 2 & 0x33333333U);
    x = (x + (x >> 4)) & 0x0F0F0F0FU;
    return x * 0x01010101U >> 24;
  }
};

/// A whole trie whose layout has been checked.
struct TrieLayout {
  static constexpr std::uint32_t header_words = 4;

  static constexpr std::uint32_t mask_words(std::uint32_t vocab_size) noexcept {
    return (vocab_size + 31) / 32;
  }

  const std::uint32_t* plain_mask;
  TriePart plain;
  TriePart rest;

  TrieLayout(const std::uint32_t* words, std::uint32_t vocab_size) noexcept
      : plain_mask(words + header_words),
        plain(plain_mask + mask_words(vocab_size), words[0], words[1]),
        rest(plain.nodes + TriePart::words(words[0], words[1]), words[2], words[3]) {}

  /// The size of a trie in words, from its header.
  static constexpr std::uint64_t words(const std::uint32_t* header,
                                       std::uint32_t vocab_size) noexcept {
    return header_words + mask_words(vocab_size) + TriePart::words(header[0], header[1]) +
           TriePart::words(header[2], header[3]);
  }
};

}  // namespace ringlet
