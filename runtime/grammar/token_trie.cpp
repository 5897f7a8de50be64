#include "grammar/token_trie.hpp"

#include <string_view>

#include "base/features.hpp"
#include "base/invalid_argument.hpp"
#include "base/left_out.hpp"
#include "grammar/plain_text.hpp"
#include "model/invalid_model.hpp"
#include "ringlet/token_trie.hpp"
#include "schema/ringlet_generated.h"
#include "text/token_bytes.hpp"

namespace ringlet {
namespace {

constexpr std::size_t most_depth = Detokenizer::longest_piece;

Status fault(const char* what, std::uint32_t node) noexcept {
  return invalid_model("token_trie", what).at(node);
}

/// Walks one part of a trie and checks every node of it.
class PartCheck {
 public:
  PartCheck(const TriePart& part, const TokenTrie& trie, const std::uint32_t* plain_mask,
            bool is_plain) noexcept
      : part_(part), trie_(trie), plain_mask_(plain_mask), is_plain_(is_plain) {}

  Status run() noexcept {
    for (std::uint32_t node = 0; node < part_.count; ++node) {
      Status status = check_place(node);
      if (status.ok()) status = check_siblings(node);
      if (status.ok()) status = check_token(node);
      if (!status.ok()) return status;
    }
    if (tokens_ != part_.token_count) {
      return invalid_model("token_trie", "has tokens that no node names")
          .with(tokens_, part_.token_count);
    }
    const std::uint32_t used = part_.count % 32;
    if (used != 0 && part_.ends[std::size_t{part_.count} / 32 * 2] >> used != 0) {
      return fault("tokens end after the last node", part_.count);
    }
    return {};
  }

 private:
  /// The node's depth, and that its subtree lies within that of its parent.
  Status check_place(std::uint32_t node) noexcept {
    while (level_ > 0 && node >= subtree_ends_[level_ - 1]) --level_;
    if (part_.depths[node] != level_) return fault("a depth does not fit the subtrees", node);
    const std::uint32_t end = level_ == 0 ? part_.count : subtree_ends_[level_ - 1];
    if (part_.subtree(node) == 0 || part_.subtree(node) > end - node) {
      return fault("a subtree reaches beyond its parent's", node);
    }
    is_leaf_ = part_.subtree(node) == 1;
    if (!is_leaf_ && level_ + 1 >= most_depth) return fault("deeper than any piece", node);
    return {};
  }

  /// Siblings ascend; those of the same byte are tokens of the same bytes.
  Status check_siblings(std::uint32_t node) noexcept {
    const std::uint8_t byte = part_.byte(node);
    Sibling& before = siblings_[level_];
    const bool is_first = node == 0 || part_.depths[node - 1] < level_;
    is_twin_ = !is_first && before.byte == byte;
    if (!is_first && before.byte > byte) return fault("bytes must ascend", node);
    if (is_twin_ && (!before.is_leaf || !part_.is_end(node))) {
      return fault("two nodes for the same bytes", node);
    }
    if (is_leaf_ && !part_.is_end(node)) return fault("a leaf without a token", node);
    before = {byte, is_leaf_};
    path_[level_] = static_cast<char>(byte);
    if (!is_leaf_) subtree_ends_[level_++] = node + part_.subtree(node);
    return {};
  }

  Status check_token(std::uint32_t node) noexcept {
    if (node % 32 == 0 && part_.ends[std::size_t{node} / 32 * 2 + 1] != tokens_) {
      return fault("a number of tokens is wrong", node);
    }
    if (!part_.is_end(node)) return {};
    if (tokens_ == part_.token_count) return fault("more tokens end than there are", node);
    const TokenId token = part_.tokens[tokens_++];
    if (token >= trie_.vocab_size() || !trie_.tokenizer().is_text(token)) {
      return fault("not a token that stands for text", node);
    }
    if (is_twin_ && part_.tokens[tokens_ - 2] >= token) {
      return fault("tokens of the same bytes must ascend", node);
    }
    const std::string_view path{path_, std::size_t{part_.depths[node]} + 1};
    char byte = 0;
    if (token_bytes(trie_.tokenizer(), token, false, byte) != path) {
      return fault("a token has other bytes", node);
    }
    const bool in_mask = (plain_mask_[token / 32] >> (token % 32) & 1) != 0;
    if (is_plain_text(path) != is_plain_ || in_mask != is_plain_) {
      return fault("a token in the wrong part", node);
    }
    return {};
  }

  struct Sibling {
    std::uint8_t byte;
    bool is_leaf;
  };

  const TriePart& part_;
  const TokenTrie& trie_;
  const std::uint32_t* plain_mask_;
  bool is_plain_;
  bool is_leaf_ = false;
  bool is_twin_ = false;
  std::uint32_t level_ = 0;
  std::uint32_t tokens_ = 0;
  std::uint32_t subtree_ends_[most_depth]{};
  Sibling siblings_[most_depth]{};
  char path_[most_depth]{};
};

/// Together the parts have every token that stands for text. Each has different ones.
Status check_number(const TrieLayout& layout, const TokenTrie& trie) noexcept {
  std::uint32_t tokens = 0;
  for (TokenId token = 0; token < trie.vocab_size(); ++token) {
    tokens += trie.tokenizer().is_text(token) ? 1U : 0U;
  }
  if (tokens != layout.plain.token_count + layout.rest.token_count) {
    return invalid_model("token_trie", "must have every token that stands for text")
        .with(tokens, std::uint64_t{layout.plain.token_count} + layout.rest.token_count);
  }
  std::uint32_t bits = 0;
  for (std::uint32_t i = 0; i < TrieLayout::mask_words(trie.vocab_size()); ++i) {
    bits += TriePart::count_bits(layout.plain_mask[i]);
  }
  if (bits != layout.plain.token_count) {
    return invalid_model("token_trie", "the bits of plain tokens differ from their part")
        .with(layout.plain.token_count, bits);
  }
  return {};
}

Status check_trie(const TokenTrie& trie, std::uint64_t words) noexcept {
  const std::uint32_t* header = trie.words();
  if (words < TrieLayout::header_words || header[0] > TriePart::most_nodes ||
      header[2] > TriePart::most_nodes || header[1] > header[0] || header[3] > header[2] ||
      TrieLayout::words(header, trie.vocab_size()) != words) {
    return invalid_model("token_trie", "its size does not fit its header").got(words);
  }
  const TrieLayout layout(header, trie.vocab_size());
  Status status = PartCheck(layout.plain, trie, layout.plain_mask, true).run();
  if (status.ok()) status = PartCheck(layout.rest, trie, layout.plain_mask, false).run();
  return status.ok() ? check_number(layout, trie) : status;
}

}  // namespace

Result<TokenTrie> TokenTrie::open(const Model& model, std::span<const std::byte> words) noexcept {
  if (!features::grammar) return left_out("grammar");
  if (reinterpret_cast<std::uintptr_t>(words.data()) % alignof(std::uint32_t) != 0) {
    return invalid_argument("words", "must be aligned to 4 bytes");
  }
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  if (!tokenizer) return tokenizer.status();
  TokenTrie trie;
  trie.tokenizer_ = *tokenizer;
  trie.tables_ = model.tables();
  trie.vocab_size_ = model.architecture().vocab_size;
  trie.words_ = reinterpret_cast<const std::uint32_t*>(words.data());
  if (words.size() % sizeof(std::uint32_t) != 0) {
    return invalid_model("token_trie", "must be whole words").got(words.size());
  }
  const Status status = check_trie(trie, words.size() / sizeof(std::uint32_t));
  if (!status.ok()) return status;
  return trie;
}

Result<TokenTrie> TokenTrie::open(const Model& model) noexcept {
  if (!features::grammar) return left_out("grammar");
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  if (!tokenizer) return tokenizer.status();
  const auto* trie = model.tables()->tokenizer()->token_trie();
  if (trie == nullptr) {
    return Status(ErrorCode::unsupported, "token_trie",
                  "the model file has none; convert it with --token-trie, or build one in memory");
  }
  return open(model, std::as_bytes(std::span(trie->data(), trie->size())));
}

}  // namespace ringlet
