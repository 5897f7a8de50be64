// One number that says whether two machines compute the same thing.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <span>

#include "ringlet/formats.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// FNV-1a with 64 bits (Fowler, Noll and Vo) over the little-endian bytes of floats. Not a defence
/// against anybody: it tells equal from different.
class Digest {
 public:
  /// Appends each float, in order.
  void add(std::span<const float> values) noexcept;

  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;  // the offset basis
};

/// Token `index` of the fixed sequence that a digest decodes: `first` at index 0, afterwards
/// ((index · 2654435761 mod 2^32) >> 8) mod vocab_size, Knuth's multiplicative hash.
[[nodiscard]] TokenId digest_token(std::uint64_t index, std::uint32_t vocab_size,
                                   TokenId first) noexcept;

/// Which sequence is decoded, and in what portions.
struct DigestOptions {
  std::uint64_t tokens = 128;
  /// The most tokens that are given to the session in one call; 1 decodes token by token. The
  /// digest does not depend on it.
  std::uint32_t chunk = 1;
  /// False decodes after what the session holds; true resets it first.
  bool from_start = true;
};

/// Decodes the fixed sequence, from position 0 unless told otherwise, and returns the digest
/// of the logits after every 16th token and after the last. Calls end at multiples of 16 whatever
/// the chunk is, so every chunk meets the same logits; each of them depends on every token that
/// attention still sees. The first token is the vocabulary's beginning of text, or 0 where it has
/// none. Where the session refuses a token (learned positions run out, sinks are missing), what was
/// decoded before it stays, and so does the reset.
Result<std::uint64_t> digest(Session& session, const DigestOptions& options = {}) noexcept;

}  // namespace ringlet
