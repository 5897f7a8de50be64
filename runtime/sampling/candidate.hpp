// Tokens that can be chosen, as integers: the upper half has the logit or, once that is known, the
// weight; the lower half is the complement of the token. Integers are compared in one step, and
// boards sort them by the code that the tokenizer needs anyway.
#pragma once

#include <bit>
#include <cstdint>

#include "ringlet/formats.hpp"

namespace ringlet {

using Candidate = std::uint64_t;

[[nodiscard]] constexpr Candidate join(std::uint32_t upper, TokenId token) noexcept {
  return std::uint64_t{upper} << 32 | static_cast<std::uint32_t>(~token);
}
[[nodiscard]] constexpr TokenId token_of(Candidate c) noexcept {
  return ~static_cast<std::uint32_t>(c);
}

/// In the order of the logits, and from the highest to the lowest token among equal ones: the most
/// likely candidate is the largest integer. The logit is a number. Both zeros are the same.
[[nodiscard]] constexpr Candidate with_logit(float logit, TokenId token) noexcept {
  const auto bits = std::bit_cast<std::int32_t>(logit + 0.0F);
  return join(static_cast<std::uint32_t>(bits ^ (bits >> 31 | INT32_MIN)), token);
}
[[nodiscard]] constexpr float logit_of(Candidate c) noexcept {
  const auto upper = static_cast<std::int32_t>(c >> 32);
  return std::bit_cast<float>(upper ^ (~upper >> 31 | INT32_MIN));
}

[[nodiscard]] constexpr Candidate with_weight(float weight, TokenId token) noexcept {
  return join(std::bit_cast<std::uint32_t>(weight), token);
}
[[nodiscard]] constexpr float weight_of(Candidate c) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(c >> 32));
}

}  // namespace ringlet
