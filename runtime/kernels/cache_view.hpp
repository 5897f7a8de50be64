// Non-owning views of cache pages, as attention reads them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringlet {

/// One page of the cache: 32 consecutive positions of one kv head of one layer. Keys and values are
/// in the layout of cache_page.hpp. Without initial values, which attention would write for eight.
struct CachePage {
  const std::uint8_t* keys;
  const std::uint8_t* values;
  const std::uint16_t* key_scales;  // 32 fp16 (INT4: per group); null for f32, f16
  const std::uint16_t* value_scales;
};

/// The contribution of a key bias to the scores of a page, as a function of the position j in the
/// page and the query head h: offsets[h] + Σ_i (real_i·C_i[j] − imaginary_i·S_i[j]), where C_i and
/// S_i are cosine and sine of j times the angle of rotary pair pairs[i].
struct KeyBiasTerms {
  const float* turns = nullptr;          // per rotary pair: 32 cosines, then 32 negated sines
  const std::uint16_t* pairs = nullptr;  // rotary pairs that have a bias
  std::size_t count = 0;                 // number of `pairs`
  const float* phasors = nullptr;        // per head: `count` real parts, then `count` imaginary
  const float* offsets = nullptr;        // per head
};

/// Offset of pair `pair` in KeyBiasTerms::turns.
constexpr std::size_t key_bias_turns(std::size_t pair) { return pair * 64; }

}  // namespace ringlet
