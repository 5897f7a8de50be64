// What kernels read and write: plain views without ownership.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ringlet/formats.hpp"

namespace ringlet {

/// A weight matrix in one of the formats of packed_layout.hpp. For f32 and f16, `codes` is a
/// row-major plane of floats or halves and `scales` is null.
struct PackedMatrix {
  const std::uint8_t* codes = nullptr;
  const std::uint16_t* scales = nullptr;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  MatrixFormat format = MatrixFormat::f32;
};

/// One vector of activations quantized for the integer matrix products, by groups of 32:
/// x ≈ codes · scales[group]. `offsets[group]` is −8·Σ codes, where an accumulator over INT4 codes
/// (which are stored plus 8) starts.
struct QuantizedVector {
  std::int8_t* codes = nullptr;     // padded_columns(K), the padding is zero
  float* scales = nullptr;          // groups(K)
  std::int32_t* offsets = nullptr;  // groups(K)
};

/// One page of the cache: 32 consecutive positions of one kv head of one layer, keys and values
/// each in the layout of cache_page.hpp.
struct CachePage {
  const std::uint8_t* keys = nullptr;
  const std::uint8_t* values = nullptr;
  const std::uint16_t* key_scales = nullptr;  // 32 fp16 (INT4: for each group); null for f32, f16
  const std::uint16_t* value_scales = nullptr;
};

/// What a key bias adds to the scores of a page, as a function of the position j in it and of the
/// query head h: offsets[h] + Σ_i (real_i·C_i[j] − imaginary_i·S_i[j]), where C_i and S_i are
/// cosine and sine of j times the angle of rotary pair pairs[i].
struct KeyBiasTerms {
  const float* turns = nullptr;          // for each rotary pair 32 cosines, then 32 sines negated
  const std::uint16_t* pairs = nullptr;  // which rotary pairs the bias has
  std::size_t count = 0;                 // how many
  const float* phasors = nullptr;        // of each head: `count` real parts, `count` imaginary
  const float* offsets = nullptr;        // of each head
};

/// Where pair `pair` begins in KeyBiasTerms::turns.
constexpr std::size_t key_bias_turns(std::size_t pair) { return pair * 64; }

}  // namespace ringlet
