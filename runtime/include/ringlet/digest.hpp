// One number that shows whether two machines compute the same logits.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <span>

#include "ringlet/formats.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// A 64-bit FNV-1a hash (Fowler, Noll and Vo) over the little-endian bytes of floats. It detects
/// differences but gives no protection against tampering.
class Digest {
 public:
  /// Hashes each float, in order.
  void add(std::span<const float> values) noexcept;

  /// The hash of all floats added so far.
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;  // the offset basis
};

/// Returns token `index` of the fixed sequence that digest() decodes: `first` at index 0, otherwise
/// ((index · 2654435761 mod 2^32) >> 8) mod vocab_size (Knuth's multiplicative hash).
[[nodiscard]] TokenId digest_token(std::uint64_t index, std::uint32_t vocab_size,
                                   TokenId first) noexcept;

/// How digest() decodes the fixed sequence.
struct DigestOptions {
  /// Length of the sequence in tokens, at least 1.
  std::uint64_t tokens = 128;
  /// Maximum number of tokens per call of Session::prefill, at least 1. The digest does not depend
  /// on it.
  std::uint32_t chunk = 1;
  /// True resets the session first; false continues after the tokens that it holds.
  bool from_start = true;
};

/// Decodes the fixed sequence and returns the digest of the logits after every 16th token and after
/// the last one.
///
/// Calls of prefill end at multiples of 16 tokens for every chunk size, so all chunk sizes see the
/// same logits. Each of them depends on every token that attention still sees. The first token is
/// the vocabulary's begin-of-text token, or 0 if there is none.
///
/// Errors: those of Session::prefill, for example when the learned positions run out or the sinks
/// are missing. The session then keeps the tokens that were decoded before the error, and a reset
/// is not undone.
Result<std::uint64_t> digest(Session& session, const DigestOptions& options = {}) noexcept;

}  // namespace ringlet
