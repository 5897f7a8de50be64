// Exact correction of the scores of keys that are stored without a bias.
//
// A trained model's keys have a mean b before rotation that contains most of their energy and thus
// takes up most of the quantizer's range. An integer cache stores the rotation of k − b. The
// missing part of a score depends only on the distance Δ between query and key (KVQuant, Hooper et
// al., 2024, quantizes keys before their rotation for the same reason):
//
//   β(Δ) = Σ_i Re(conj(q_i) · b_i · e^(−iθ_i Δ))  over the rotary pairs  +  Σ q_i·b_i  over the
//   rest
//
// Within a page, β is a sum of waves of the position. Only their amplitude and phase (a phasor)
// depend on the query. Phases are exact at the start of each segment of 256 positions and are
// rotated by 32 positions from page to page.
#pragma once

#include <cstdint>

#include "kernels/kernel_set.hpp"
#include "ringlet/architecture.hpp"

namespace ringlet {

/// The rotation of a layer's keys. No pairs: keys are not rotated.
struct KeyBiasRotary {
  const std::uint64_t* steps = nullptr;  // frequency of each rotary pair
  std::uint32_t pairs = 0;
  float scale = 1;  // factor of the product of a rotated query and a rotated key
  float* table = nullptr;
};

/// A thread's workspace for the bias of one kv head and the queries that share it.
struct KeyBiasWorkspace {
  float* offsets = nullptr;        // heads_per_kv
  float* phasors = nullptr;        // heads_per_kv × rotary_dim, at the query's own position
  float* page_phasors = nullptr;   // heads_per_kv × rotary_dim, at the current page
  std::uint64_t* steps = nullptr;  // of the pairs that have a bias
  float* angles = nullptr;         // 2 × pairs: cosines and sines of a segment
  float* page_angles = nullptr;    // 2 × pairs: cosines and sines of the 32 positions of a page
  std::uint16_t* pairs = nullptr;  // indices of the pairs that have a bias
  std::uint32_t count = 0;
};

/// Size in floats of the table KeyBiasTerms::turns.
constexpr std::uint64_t key_bias_table_floats(std::uint32_t rotary_dim) {
  return key_bias_turns(rotary_dim / 2);
}

/// Fills that table. `cosine` and `sine` need room for one float per pair.
void fill_key_bias_table(const KernelSet& kernels, const std::uint64_t* steps, std::uint32_t pairs,
                         float* cosine, float* sine, float* table) noexcept;

/// Subtracts the bias of a kv head (head_dim floats) from a key before its rotation.
void take_key_bias(const float* bias, std::uint32_t head_dim, float* key) noexcept;

/// Prepares the queries of one kv head (heads_per_kv × head_dim, not rotated).
void begin_key_bias(const Architecture& architecture, const KernelSet& kernels,
                    const KeyBiasRotary& rotary, const float* bias, const float* queries,
                    KeyBiasWorkspace& workspace) noexcept;

/// Moves to page `page` of a segment whose first position is `distance` before the query.
void begin_segment(const Architecture& architecture, const KernelSet& kernels,
                   std::uint64_t distance, std::uint32_t page,
                   KeyBiasWorkspace& workspace) noexcept;

/// Adds the bias terms to the scores of the current page, and moves to the next page.
void add_key_bias(const Architecture& architecture, const KernelSet& kernels, const float* table,
                  float* scores, std::size_t score_stride, KeyBiasWorkspace& workspace) noexcept;

}  // namespace ringlet
