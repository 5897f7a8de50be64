#include "decoder/key_bias.hpp"

#include <algorithm>

#include "kernels/cache_page.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {
namespace {

/// Turns every head's phasors by the angles of a table.
void turn(const Architecture& a, const KernelSet& kernels, const float* angles, const float* from,
          const KeyBiasLane& lane) {
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    const std::size_t at = 2 * h * lane.count;
    kernels.rotate(from + at, angles, angles + lane.count, lane.count, lane.page_phasors + at);
  }
}

/// A turned phasor keeps its length, so where this is done once no part that matters is ever
/// denormal, which some targets flush to zero.
float without_dust(float x) { return magnitude(x) < smallest_group_maximum ? 0.0F : x; }

/// conj(q)·b of the chosen pairs of one head, and q·b of what has no rotation.
void prepare_head(const Architecture& a, const KeyBiasRotary& rotary, const float* bias,
                  const float* query, const KeyBiasLane& lane, float* phasors, float& offset) {
  const std::size_t half = rotary.pairs;
  const float factor = a.attention_scale * rotary.scale;
  for (std::size_t i = 0; i < lane.count; ++i) {
    const std::size_t p = lane.pairs[i];
    const float real = fused_multiply_add(query[p], bias[p], query[p + half] * bias[p + half]);
    const float imaginary =
        fused_multiply_add(query[p], bias[p + half], 0.0F - query[p + half] * bias[p]);
    phasors[i] = without_dust(real * factor);
    phasors[lane.count + i] = without_dust(imaginary * factor);
  }
  float sum = 0;
  for (std::size_t i = 2 * half; i < a.head_dim; ++i) {
    sum = fused_multiply_add(query[i], bias[i], sum);
  }
  offset = without_dust(sum * a.attention_scale);
}

}  // namespace

void fill_key_bias_table(const KernelSet& kernels, const std::uint64_t* steps, std::uint32_t pairs,
                         float* cosine, float* sine, float* table) noexcept {
  for (std::size_t j = 0; j < page::positions; ++j) {
    kernels.rotary_table(j, steps, pairs, cosine, sine);
    for (std::size_t i = 0; i < pairs; ++i) {
      table[key_bias_turns(i) + j] = cosine[i];
      table[key_bias_turns(i) + page::positions + j] = 0.0F - sine[i];
    }
  }
}

void take_key_bias(const float* bias, std::uint32_t head_dim, float* key) noexcept {
  for (std::size_t i = 0; i < head_dim; ++i) key[i] -= bias[i];
}

void begin_key_bias(const Architecture& a, const KernelSet& kernels, const KeyBiasRotary& rotary,
                    const float* bias, const float* queries, KeyBiasLane& lane) noexcept {
  const std::size_t half = rotary.pairs;
  lane.count = 0;
  for (std::size_t i = 0; i < half; ++i) {
    if (bias[i] == 0.0F && bias[i + half] == 0.0F) continue;
    lane.pairs[lane.count] = static_cast<std::uint16_t>(i);
    lane.steps[lane.count] = rotary.steps[i];
    ++lane.count;
  }
  kernels.rotary_table(page::positions, lane.steps, lane.count, lane.page_angles,
                       lane.page_angles + lane.count);
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    prepare_head(a, rotary, bias, queries + h * a.head_dim, lane, lane.phasors + 2 * h * lane.count,
                 lane.offsets[h]);
  }
}

void begin_segment(const Architecture& a, const KernelSet& kernels, std::uint64_t distance,
                   std::uint32_t page, KeyBiasLane& lane) noexcept {
  // Phases are integers modulo a turn, so the angle of −distance is exact.
  kernels.rotary_table(0 - distance, lane.steps, lane.count, lane.angles, lane.angles + lane.count);
  turn(a, kernels, lane.angles, lane.phasors, lane);
  for (std::uint32_t i = 0; i < page; ++i) {
    turn(a, kernels, lane.page_angles, lane.page_phasors, lane);
  }
}

void add_key_bias(const Architecture& a, const KernelSet& kernels, const float* table,
                  float* scores, std::size_t score_stride, KeyBiasLane& lane) noexcept {
  const KeyBiasTerms terms{.turns = table,
                           .pairs = lane.pairs,
                           .count = lane.count,
                           .phasors = lane.page_phasors,
                           .offsets = lane.offsets};
  kernels.add_key_bias(terms, a.heads_per_kv(), scores, score_stride);
  turn(a, kernels, lane.page_angles, lane.page_phasors, lane);
}

}  // namespace ringlet
