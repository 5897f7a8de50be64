#include "text/bpe.hpp"

#include <algorithm>
#include <bit>

#include "text/utf8.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t no_symbol = 0xFFFFFFFF;

/// An integer that orders like the score: −0 equals +0, NaN is worse than everything.
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

WordEncoder::WordEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept
    : vocabulary_(vocabulary) {
  // The top two values would collide with no_symbol and with sums of capacity and length.
  constexpr std::uint64_t largest = 0x7FFFFFFF;
  const std::uint64_t fits = workspace.size() / bytes_per_byte;
  capacity_ = static_cast<std::uint32_t>(fits < largest ? fits : largest);
  const std::size_t n = capacity_;
  // Arrays of integers begin to exist in storage made of bytes when they are used (C++20, P0593).
  candidates_ = reinterpret_cast<std::uint64_t*>(workspace.data());
  next_ = reinterpret_cast<std::uint32_t*>(candidates_ + 2 * n);
  previous_ = next_ + n;
  token_ = previous_ + n;
  merged_ = token_ + n;
  word_ = reinterpret_cast<char*>(merged_ + n);
}

Result<std::uint32_t> WordEncoder::encode(std::uint32_t size) noexcept {
  size_ = size;
  if (!split_into_symbols()) {
    return Status(ErrorCode::unsupported, "text",
                  "the vocabulary has no piece for a character, and neither byte tokens nor an "
                  "unknown token to stand for it");
  }
  candidate_count_ = 0;
  for (std::uint32_t i = 0; i < size_; i = next_[i]) consider(i);
  while (candidate_count_ > 0) {
    const std::uint64_t best = candidates_[0];
    std::pop_heap(candidates_, candidates_ + candidate_count_);
    --candidate_count_;
    // Stale when the symbol is gone or its right neighbour has changed. Should the new neighbour
    // give the same score, joining now is right all the same: this is the best candidate there is.
    const std::uint32_t left = symbol_of(best);
    if (candidate(left) == best) join(left);
  }
  return symbols_;
}

void WordEncoder::write(std::span<TokenId> out) const noexcept {
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < size_; i = next_[i]) out[count++] = token_[i];
}

bool WordEncoder::split_into_symbols() noexcept {
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

/// One character: its piece, or its bytes, or the unknown token. Only pieces take part in merging;
/// a byte token is spelled "<0x41>" and must not meet a neighbour by that spelling.
bool WordEncoder::append(std::uint32_t begin, std::uint32_t length) noexcept {
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

void WordEncoder::link(std::uint32_t begin, std::uint32_t length, TokenId token,
                       bool merges) noexcept {
  next_[begin] = begin + length;
  previous_[begin] = last_;
  token_[begin] = token;
  merged_[begin] = merges ? no_merge : never_merges;
  last_ = begin;
  ++symbols_;
}

/// The heap's entry for joining `left` to its right neighbour; 0 when that is not possible. An
/// entry is never 0, as its lower half is the complement of an offset below 2^31.
std::uint64_t WordEncoder::candidate(std::uint32_t left) const noexcept {
  const std::uint32_t merged = merged_[left];
  if (merged == no_merge || merged == never_merges) return 0;
  return std::uint64_t{order_of(vocabulary_.scores[merged])} << 32 |
         static_cast<std::uint32_t>(~left);
}

/// Looks up what `left` and its right neighbour would become.
void WordEncoder::consider(std::uint32_t left) noexcept {
  if (merged_[left] == never_merges) return;
  merged_[left] = no_merge;
  const std::uint32_t right = next_[left];
  if (right >= size_ || merged_[right] == never_merges) return;
  const TokenId token = vocabulary_.find({word_ + left, next_[right] - left});
  if (token == Tokenizer::none) return;
  merged_[left] = token;
  candidates_[candidate_count_++] = candidate(left);
  std::push_heap(candidates_, candidates_ + candidate_count_);
}

void WordEncoder::join(std::uint32_t left) noexcept {
  const std::uint32_t right = next_[left];
  token_[left] = merged_[left];
  next_[left] = next_[right];
  if (next_[right] < size_) previous_[next_[right]] = left;
  merged_[right] = no_merge;  // its candidates are stale from now on
  --symbols_;
  if (previous_[left] != no_symbol) consider(previous_[left]);
  consider(left);
}

}  // namespace ringlet
