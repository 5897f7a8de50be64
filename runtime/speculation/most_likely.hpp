// The greedy choice.
#pragma once

#include <cstddef>
#include <span>

#include "ringlet/formats.hpp"

namespace ringlet {

/// The first of the largest logits.
[[nodiscard]] inline TokenId most_likely(std::span<const float> logits) noexcept {
  std::size_t best = 0;
  for (std::size_t i = 1; i < logits.size(); ++i) {
    if (logits[i] > logits[best]) best = i;
  }
  return static_cast<TokenId>(best);
}

}  // namespace ringlet
