#include "text/bpe.hpp"

#include <bit>

#include "base/heap.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t no_symbol = 0xFFFFFFFF;
static_assert(MergeTable::none == Tokenizer::none);  // both equal no_merge

/// An integer that orders like the score: −0 equals +0, and NaN is worse than everything.
std::uint32_t order_of(float score) noexcept {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(score);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return 0;
  if (bits == 0x80000000U) return 0x80000000U;
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

std::uint32_t symbol_of(std::uint64_t candidate) noexcept {
  return ~static_cast<std::uint32_t>(candidate);
}

}  // namespace

BpeEncoder::BpeEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept
    : vocabulary_(vocabulary) {
  // The two largest values would collide with no_symbol and with sums of capacity and length.
  constexpr std::uint64_t largest = 0x7FFFFFFF;
  const std::uint64_t fits = workspace.size() / bytes_per_byte;
  capacity_ = static_cast<std::uint32_t>(fits < largest ? fits : largest);
  const std::size_t n = capacity_;
  // Arrays of integers begin to exist implicitly in byte storage (C++20, P0593).
  candidates_ = reinterpret_cast<std::uint64_t*>(workspace.data());
  next_ = reinterpret_cast<std::uint32_t*>(candidates_ + 2 * n);
  previous_ = next_ + n;
  token_ = previous_ + n;
  merged_ = token_ + n;
  word_ = reinterpret_cast<char*>(merged_ + n);
}

Result<std::uint32_t> BpeEncoder::encode(std::uint32_t size) noexcept {
  size_ = size;
  if (vocabulary_.whole_words) {
    const TokenId whole = vocabulary_.find({word_, size});
    if (whole != Tokenizer::none) {
      symbols_ = 0;
      link(0, size, whole, false);
      return symbols_;
    }
  }
  if (vocabulary_.is_byte_level()) {
    split_into_bytes();
  } else if (!split_into_symbols()) {
    return Status(ErrorCode::unsupported, "text",
                  "the vocabulary lacks a character, and has neither byte tokens nor an unknown "
                  "token");
  }
  candidate_count_ = 0;
  for (std::uint32_t i = 0; i < size_; i = next_[i]) consider(i);
  while (candidate_count_ > 0) {
    const std::uint64_t best = candidates_[0];
    heap::pop(candidates_, candidate_count_);
    --candidate_count_;
    // The entry is stale if the symbol is gone or its right neighbor has changed. If the new
    // neighbor has the same score, joining now is still correct: it is the best candidate.
    const std::uint32_t left = symbol_of(best);
    if (candidate(left) == best) join(left);
  }
  if (!vocabulary_.fuse_unknown) return symbols_;
  std::uint32_t fused = 0;
  for (std::uint32_t i = 0; i < size_; i = next_[i]) fused += is_fused(i) ? 1U : 0U;
  return symbols_ - fused;
}

void BpeEncoder::write(std::span<TokenId> out) const noexcept {
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < size_; i = next_[i]) {
    if (!is_fused(i)) out[count++] = token_[i];
  }
}

/// Whether a symbol is unknown like the one before it, and one token represents both.
bool BpeEncoder::is_fused(std::uint32_t symbol) const noexcept {
  return vocabulary_.fuse_unknown && symbol > 0 && token_[symbol] == vocabulary_.unknown &&
         token_[previous_[symbol]] == vocabulary_.unknown;
}

/// Bytes without a token are removed from the word, so that their neighbors can merge. Hugging
/// Face's tokenizers do the same without an unknown token (merge_word in models/bpe/model.rs).
void BpeEncoder::split_into_bytes() noexcept {
  symbols_ = 0;
  last_ = no_symbol;
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < size_; ++i) {
    const TokenId token = vocabulary_.byte_tokens[static_cast<std::uint8_t>(word_[i])];
    if (token == Tokenizer::none) continue;
    word_[kept] = word_[i];
    link(kept++, 1, token, true);
  }
  size_ = kept;
}

bool BpeEncoder::split_into_symbols() noexcept {
  symbols_ = 0;
  last_ = no_symbol;
  for (std::uint32_t begin = 0; begin < size_;) {
    const auto length =
        static_cast<std::uint32_t>(utf8_first_character({word_ + begin, size_ - begin}));
    if (!append(begin, length)) return false;
    begin += length;
  }
  return true;
}

/// Appends one character as its piece, its bytes, or the unknown token. Only pieces take part in
/// merging: a byte token is spelled "<0x41>" and must not merge by that spelling.
bool BpeEncoder::append(std::uint32_t begin, std::uint32_t length) noexcept {
  const TokenId piece = vocabulary_.find({word_ + begin, length});
  if (piece != Tokenizer::none) {
    link(begin, length, piece, true);
  } else if (!vocabulary_.byte_tokens.empty()) {
    for (std::uint32_t i = begin; i < begin + length; ++i) {
      link(i, 1, vocabulary_.byte_tokens[static_cast<std::uint8_t>(word_[i])], false);
    }
  } else if (vocabulary_.unknown != Tokenizer::none) {
    link(begin, length, vocabulary_.unknown, false);
  } else {
    return false;
  }
  return true;
}

void BpeEncoder::link(std::uint32_t begin, std::uint32_t length, TokenId token,
                      bool merges) noexcept {
  next_[begin] = begin + length;
  previous_[begin] = last_;
  token_[begin] = token;
  merged_[begin] = merges ? no_merge : never_merges;
  last_ = begin;
  ++symbols_;
}

/// The heap entry for joining `left` to its right neighbor, or 0 if they cannot be joined. An entry
/// is never 0, because its lower half is the complement of an offset below 2^31.
std::uint64_t BpeEncoder::candidate(std::uint32_t left) const noexcept {
  const std::uint32_t merged = merged_[left];
  if (merged == no_merge || merged == never_merges) return 0;
  const std::uint32_t order = vocabulary_.has_pairs() ? ~vocabulary_.merges.ranks[merged]
                                                      : order_of(vocabulary_.scores[merged]);
  return std::uint64_t{order} << 32 | static_cast<std::uint32_t>(~left);
}

/// The merge of two neighbors, or the piece that they spell; no_merge if there is none.
std::uint32_t BpeEncoder::merge_of(std::uint32_t left, std::uint32_t right) const noexcept {
  if (vocabulary_.has_pairs()) {
    return vocabulary_.merges.find(token_[left], token_[right]);
  }
  return vocabulary_.find({word_ + left, next_[right] - left});
}

/// Looks up the result of joining `left` to its right neighbor.
void BpeEncoder::consider(std::uint32_t left) noexcept {
  if (merged_[left] == never_merges) return;
  merged_[left] = no_merge;
  const std::uint32_t right = next_[left];
  if (right >= size_ || merged_[right] == never_merges) return;
  const std::uint32_t merge = merge_of(left, right);
  if (merge == no_merge) return;
  merged_[left] = merge;
  candidates_[candidate_count_++] = candidate(left);
  heap::push(candidates_, candidate_count_);
}

void BpeEncoder::join(std::uint32_t left) noexcept {
  const std::uint32_t right = next_[left];
  const std::uint32_t merge = merged_[left];
  token_[left] = vocabulary_.has_pairs() ? vocabulary_.merges.results[merge] : merge;
  next_[left] = next_[right];
  if (next_[right] < size_) previous_[next_[right]] = left;
  merged_[right] = no_merge;  // its candidates are now stale
  --symbols_;
  if (previous_[left] != no_symbol) consider(previous_[left]);
  consider(left);
}

}  // namespace ringlet
