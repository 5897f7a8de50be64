// Scores of keys that are stored without a bias, put right exactly.
//
// A trained model's keys have a mean before rotation, b, that holds most of their energy and so
// most of the quantization's scale. An integer cache stores the rotation of k − b. What that takes
// from a score depends on the distance Δ between query and key alone (KVQuant, Hooper et al., 2024,
// also quantizes keys before their rotation, for the same reason):
//
//   β(Δ) = Σ_i Re(conj(q_i) · b_i · e^(−iθ_i Δ))   over the rotary pairs,  + Σ q_i·b_i   over the
//   rest
//
// Within a page it is a sum of waves of the position, of which only amplitude and phase (a phasor)
// depend on the query. Phases are exact at the start of each segment of 256 positions, and are
// turned by 32 positions from page to page.
#pragma once

#include <cstdint>

#include "kernels/kernel_set.hpp"
#include "ringlet/architecture.hpp"

namespace ringlet {

/// By what the keys of a layer turn. No pairs: they do not.
struct KeyBiasRotary {
  const std::uint64_t* steps = nullptr;  // of each rotary pair
  std::uint32_t pairs = 0;
  float scale = 1;  // what multiplies the product of a turned query and a turned key
  float* table = nullptr;
};

/// A lane's memory for the bias of one kv head and the queries that share it.
struct KeyBiasLane {
  float* offsets = nullptr;        // heads_per_kv
  float* phasors = nullptr;        // heads_per_kv × rotary_dim, as of the query itself
  float* page_phasors = nullptr;   // the same, as of the page in hand
  std::uint64_t* steps = nullptr;  // of the pairs that the bias has
  float* angles = nullptr;         // 2 × pairs: cosines and sines of a segment
  float* page_angles = nullptr;    // 2 × pairs: of the 32 positions of a page
  std::uint16_t* pairs = nullptr;  // which pairs these are
  std::uint32_t count = 0;
};

/// Floats of the table of KeyBiasTerms::turns.
constexpr std::uint64_t key_bias_table_floats(std::uint32_t rotary_dim) {
  return key_bias_turns(rotary_dim / 2);
}

/// Fills that table; `cosine` and `sine` have room for one float per pair.
void fill_key_bias_table(const KernelSet& kernels, const std::uint64_t* steps, std::uint32_t pairs,
                         float* cosine, float* sine, float* table) noexcept;

/// Takes the bias of a kv head (head_dim floats) from a key that has not been rotated.
void take_key_bias(const float* bias, std::uint32_t head_dim, float* key) noexcept;

/// Begins with the queries of one kv head (heads_per_kv × head_dim, not rotated).
void begin_key_bias(const Architecture& architecture, const KernelSet& kernels,
                    const KeyBiasRotary& rotary, const float* bias, const float* queries,
                    KeyBiasLane& lane) noexcept;

/// Goes to page `page` of a segment whose first position is `distance` before the query.
void begin_segment(const Architecture& architecture, const KernelSet& kernels,
                   std::uint64_t distance, std::uint32_t page, KeyBiasLane& lane) noexcept;

/// Adds the bias's part to the scores of the page in hand, and goes to the next one.
void add_key_bias(const Architecture& architecture, const KernelSet& kernels, const float* table,
                  float* scores, std::size_t score_stride, KeyBiasLane& lane) noexcept;

}  // namespace ringlet
