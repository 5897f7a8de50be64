#include "ringlet/linux/token_trie.hpp"

#include <algorithm>
#include <string_view>

#include "grammar/plain_text.hpp"
#include "grammar/token_trie.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/tokenizer.hpp"
#include "text/token_bytes.hpp"

namespace ringlet::port {
namespace {

struct Text {
  std::string bytes;
  std::uint32_t token;
};

/// One part of the trie while it grows.
class Part {
 public:
  /// Texts must come in the order of their bytes, then tokens.
  void add(const Text& text) {
    std::size_t common = 0;
    while (common < std::min(path_.size(), text.bytes.size()) &&
           path_[common] == text.bytes[common]) {
      ++common;
    }
    // The node of another token of the same bytes has no children.
    if (common == text.bytes.size()) --common;
    close(common);
    for (; common < text.bytes.size(); ++common) {
      open_.push_back(static_cast<std::uint32_t>(nodes_.size()));
      nodes_.push_back(static_cast<std::uint8_t>(text.bytes[common]));
      depths_.push_back(static_cast<std::uint8_t>(common));
      ends_.push_back(false);
    }
    ends_.back() = true;
    path_ = text.bytes;
    tokens_.push_back(text.token);
  }

  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] std::uint32_t tokens() const { return static_cast<std::uint32_t>(tokens_.size()); }

  void write(std::vector<std::uint32_t>& words) {
    close(0);
    if (nodes_.size() >= TriePart::most_nodes) throw Failure("vocabulary: too large for a trie");
    words.insert(words.end(), nodes_.begin(), nodes_.end());
    std::uint32_t before = 0;
    for (std::size_t node = 0; node < nodes_.size(); node += 32) {
      std::uint32_t bits = 0;
      for (std::size_t i = node; i < std::min(node + 32, nodes_.size()); ++i) {
        if (ends_[i]) bits |= 1U << (i - node);
      }
      words.push_back(bits);
      words.push_back(before);
      before += TriePart::count_bits(bits);
    }
    words.insert(words.end(), tokens_.begin(), tokens_.end());
    for (std::size_t node = 0; node < nodes_.size(); node += 4) {
      std::uint32_t word = 0;
      for (std::size_t i = node; i < std::min(node + 4, nodes_.size()); ++i) {
        word |= std::uint32_t{depths_[i]} << (8 * (i - node));
      }
      words.push_back(word);
    }
  }

 private:
  /// Ends the subtrees from this depth on.
  void close(std::size_t depth) {
    while (open_.size() > depth) {
      const std::uint32_t node = open_.back();
      nodes_[node] |= static_cast<std::uint32_t>(nodes_.size() - node) << 8;
      open_.pop_back();
    }
  }

  std::vector<std::uint32_t> nodes_;
  std::vector<std::uint8_t> depths_;
  std::vector<bool> ends_;
  std::vector<std::uint32_t> tokens_;
  std::vector<std::uint32_t> open_;  // the nodes of the path
  std::string path_;
};

}  // namespace

std::vector<std::uint32_t> build_token_trie(
    std::uint32_t vocab_size, const std::function<std::string(std::uint32_t)>& bytes_of) {
  std::vector<Text> texts;
  for (std::uint32_t token = 0; token < vocab_size; ++token) {
    std::string bytes = bytes_of(token);
    if (!bytes.empty()) texts.push_back({std::move(bytes), token});
  }
  // std::string compares unsigned bytes. The order of the tokens is that of their numbers.
  std::stable_sort(texts.begin(), texts.end(),
                   [](const Text& a, const Text& b) { return a.bytes < b.bytes; });
  std::vector<std::uint32_t> words(TrieLayout::header_words + TrieLayout::mask_words(vocab_size));
  Part plain;
  Part rest;
  for (const Text& text : texts) {
    const bool is_plain = is_plain_text(text.bytes);
    (is_plain ? plain : rest).add(text);
    if (!is_plain) continue;
    words[TrieLayout::header_words + text.token / 32] |= 1U << text.token % 32;
  }
  words[0] = plain.nodes();
  words[1] = plain.tokens();
  words[2] = rest.nodes();
  words[3] = rest.tokens();
  plain.write(words);
  rest.write(words);
  return words;
}

std::vector<std::uint32_t> build_token_trie(const Model& model) {
  const Tokenizer tokenizer = value_of("token_trie", Tokenizer::open(model));
  return build_token_trie(model.architecture().vocab_size, [&](std::uint32_t token) {
    char byte = 0;
    if (!tokenizer.is_text(token)) return std::string();
    return std::string(token_bytes(tokenizer, token, false, byte));
  });
}

}  // namespace ringlet::port
