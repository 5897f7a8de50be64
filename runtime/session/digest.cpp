#include "ringlet/digest.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "ringlet/model.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {
namespace {

constexpr std::uint64_t stride = 16;  // tokens from one hashed logits vector to the next

TokenId first_token(const Model& model) noexcept {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  if (!tokenizer.ok() || tokenizer->bos() == Tokenizer::none) return 0;
  return tokenizer->bos();
}

}  // namespace

void Digest::add(std::span<const float> values) noexcept {
  constexpr std::uint64_t prime = 0x100000001B3;
  for (float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) {
      value_ = (value_ ^ ((bits >> shift) & 0xFF)) * prime;
    }
  }
}

TokenId digest_token(std::uint64_t index, std::uint32_t vocab_size, TokenId first) noexcept {
  if (index == 0) return first;
  const auto hash = static_cast<std::uint32_t>(index * 2654435761U);
  return (hash >> 8) % vocab_size;
}

Result<std::uint64_t> digest(Session& session, const DigestOptions& options) noexcept {
  if (options.chunk == 0 || options.tokens == 0) {
    return Status(ErrorCode::invalid_argument, options.chunk == 0 ? "chunk" : "tokens",
                  "must be at least 1");
  }
  if (options.from_start) session.reset();
  const std::uint32_t vocab_size = session.model().architecture().vocab_size;
  const TokenId first = first_token(session.model());
  std::array<TokenId, stride> tokens;
  Digest result;
  for (std::uint64_t done = 0; done < options.tokens;) {
    const std::uint64_t boundary = std::min(options.tokens, (done / stride + 1) * stride);
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(options.chunk, boundary - done));
    for (std::size_t i = 0; i < count; ++i) tokens[i] = digest_token(done + i, vocab_size, first);
    const Status status = session.prefill({tokens.data(), count});
    if (!status.ok()) return status;
    done += count;
    if (done == boundary) result.add(session.logits());
  }
  return result.value();
}

}  // namespace ringlet
