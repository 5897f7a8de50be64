#include "text/unigram.hpp"

#include "text/utf8.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t unreached = 0xFFFFFFFF;

/// The range of the sorted index whose pieces begin with the bytes walked so far.
struct Walk {
  std::size_t low;
  std::size_t high;
  std::uint32_t depth = 0;

  /// Walks one more byte. Returns false if no piece continues with it.
  bool step(const Vocabulary& v, char byte) noexcept {
    low = first_not_below(v, static_cast<std::uint8_t>(byte));
    high = first_not_below(v, static_cast<std::uint8_t>(byte) + 1U);
    ++depth;
    return low < high;
  }

  /// The first piece in the range whose byte at `depth` is not below `byte`. A piece that ends
  /// there counts as below.
  [[nodiscard]] std::size_t first_not_below(const Vocabulary& v, unsigned byte) const noexcept {
    std::size_t from = low;
    std::size_t to = high;
    while (from < to) {
      const std::size_t middle = from + (to - from) / 2;
      const std::string_view piece = v.piece(v.sorted[middle]);
      if (piece.size() <= depth || static_cast<std::uint8_t>(piece[depth]) < byte) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
};

}  // namespace

UnigramEncoder::UnigramEncoder(const Vocabulary& vocabulary,
                               std::span<std::byte> workspace) noexcept
    : vocabulary_(vocabulary) {
  constexpr std::uint64_t largest = 0x7FFFFFFF;
  const std::uint64_t fits = workspace.size() / BpeEncoder::bytes_per_byte;
  capacity_ = static_cast<std::uint32_t>(fits < largest ? fits : largest);
  // Arrays of integers begin to exist implicitly in byte storage (C++20, P0593).
  sums_ = reinterpret_cast<float*>(workspace.data());
  begins_ = reinterpret_cast<std::uint32_t*>(sums_ + capacity_);
  tokens_ = begins_ + capacity_;
  word_ = reinterpret_cast<char*>(tokens_ + capacity_);
}

Result<std::uint32_t> UnigramEncoder::encode(std::uint32_t size) noexcept {
  size_ = size;
  if (vocabulary_.unknown == Tokenizer::none && vocabulary_.byte_tokens.empty()) {
    return Status(ErrorCode::unsupported, "text",
                  "the vocabulary lacks a character, and has neither byte tokens nor an unknown "
                  "token");
  }
  find_best_way();
  return turn_round();
}

void UnigramEncoder::find_best_way() noexcept {
  for (std::uint32_t i = 0; i < size_; ++i) begins_[i] = unreached;
  for (std::uint32_t i = 0; i < size_;) {
    const auto character = static_cast<std::uint32_t>(utf8_first_character({word_ + i, size_ - i}));
    try_pieces(i);
    i += character;
  }
}

/// Tries all pieces that begin at `begin`, which has been reached. A character without a piece is
/// unknown and costs unknown_score.
void UnigramEncoder::try_pieces(std::uint32_t begin) noexcept {
  const auto character =
      static_cast<std::uint32_t>(utf8_first_character({word_ + begin, size_ - begin}));
  bool has_character = false;
  Walk walk{0, vocabulary_.sorted.size()};
  for (std::uint32_t end = begin; end < size_ && walk.step(vocabulary_, word_[end]);) {
    ++end;
    const TokenId token = vocabulary_.sorted[walk.low];
    if (vocabulary_.piece(token).size() != walk.depth) continue;  // only longer pieces follow
    offer(begin, end, token, vocabulary_.scores[token]);
    has_character = has_character || end - begin == character;
  }
  if (!has_character) {
    offer(begin, begin + character, vocabulary_.unknown, vocabulary_.unknown_score);
  }
}

void UnigramEncoder::offer(std::uint32_t begin, std::uint32_t end, TokenId token,
                           float score) noexcept {
  const float sum = score + (begin == 0 ? 0.0F : sums_[begin - 1]);
  if (begins_[end - 1] != unreached && !(sum > sums_[end - 1])) return;
  sums_[end - 1] = sum;
  begins_[end - 1] = begin;
  tokens_[end - 1] = token;
}

/// Reverses the chain of pieces, which leads from the end to the beginning: for a piece [a, b),
/// index a receives its end and its token. Counts the tokens.
std::uint32_t UnigramEncoder::turn_round() noexcept {
  std::uint32_t end = size_;
  std::uint32_t begin = begins_[end - 1];
  TokenId token = tokens_[end - 1];
  while (true) {
    // Reads the next link, which is before index `begin`, before overwriting it.
    const std::uint32_t before = begin == 0 ? 0 : begins_[begin - 1];
    const TokenId token_before = begin == 0 ? 0 : tokens_[begin - 1];
    begins_[begin] = end;
    tokens_[begin] = token;
    if (begin == 0) break;
    end = begin;
    begin = before;
    token = token_before;
  }
  std::uint32_t count = 0;
  each_token([&](TokenId) { ++count; });
  return count;
}

/// An unknown character becomes its bytes, or the unknown token, which can represent several.
template <typename Put>
void UnigramEncoder::each_token(Put put) const noexcept {
  bool after_unknown = false;
  for (std::uint32_t i = 0; i < size_; i = begins_[i]) {
    const bool is_unknown = tokens_[i] == vocabulary_.unknown;
    if (is_unknown && !vocabulary_.byte_tokens.empty()) {
      for (std::uint32_t k = i; k < begins_[i]; ++k) {
        put(vocabulary_.byte_tokens[static_cast<std::uint8_t>(word_[k])]);
      }
    } else if (!is_unknown || !after_unknown || !vocabulary_.fuse_unknown) {
      put(tokens_[i]);
    }
    after_unknown = is_unknown;
  }
}

void UnigramEncoder::write(std::span<TokenId> out) const noexcept {
  std::size_t count = 0;
  each_token([&](TokenId token) { out[count++] = token; });
}

}  // namespace ringlet
