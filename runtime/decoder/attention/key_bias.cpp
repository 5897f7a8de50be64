#include "decoder/attention/key_bias.hpp"

#include <algorithm>

#include "kernels/cache_page.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {
namespace {

/// Rotates every head's phasors by the angles of a table.
void turn(const Architecture& a, const KernelSet& kernels, const float* angles, const float* from,
          const KeyBiasWorkspace& workspace) {
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    const std::size_t at = 2 * h * workspace.count;
    kernels.rotate(from + at, angles, angles + workspace.count, workspace.count,
                   workspace.page_phasors + at);
  }
}

/// Rotation preserves the length of a phasor. Applying this once thus prevents every significant
/// component from becoming denormal, which some targets flush to zero.
float without_dust(float x) { return magnitude(x) < smallest_group_maximum ? 0.0F : x; }

/// conj(q)·b for the chosen pairs of one head, and q·b for the dimensions without rotation.
void prepare_head(const Architecture& a, const KeyBiasRotary& rotary, const float* bias,
                  const float* query, const KeyBiasWorkspace& workspace, float* phasors,
                  float& offset) {
  const std::size_t half = rotary.pairs;
  const float factor = a.attention_scale * rotary.scale;
  for (std::size_t i = 0; i < workspace.count; ++i) {
    const std::size_t p = workspace.pairs[i];
    const float real = fused_multiply_add(query[p], bias[p], query[p + half] * bias[p + half]);
    const float imaginary =
        fused_multiply_add(query[p], bias[p + half], 0.0F - query[p + half] * bias[p]);
    phasors[i] = without_dust(real * factor);
    phasors[workspace.count + i] = without_dust(imaginary * factor);
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
                    const float* bias, const float* queries, KeyBiasWorkspace& workspace) noexcept {
  const std::size_t half = rotary.pairs;
  workspace.count = 0;
  for (std::size_t i = 0; i < half; ++i) {
    if (bias[i] == 0.0F && bias[i + half] == 0.0F) continue;
    workspace.pairs[workspace.count] = static_cast<std::uint16_t>(i);
    workspace.steps[workspace.count] = rotary.steps[i];
    ++workspace.count;
  }
  kernels.rotary_table(page::positions, workspace.steps, workspace.count, workspace.page_angles,
                       workspace.page_angles + workspace.count);
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    prepare_head(a, rotary, bias, queries + h * a.head_dim, workspace,
                 workspace.phasors + 2 * h * workspace.count, workspace.offsets[h]);
  }
}

void begin_segment(const Architecture& a, const KernelSet& kernels, std::uint64_t distance,
                   std::uint32_t page, KeyBiasWorkspace& workspace) noexcept {
  // Phases are integers modulo a turn, so the angle of −distance is exact.
  kernels.rotary_table(0 - distance, workspace.steps, workspace.count, workspace.angles,
                       workspace.angles + workspace.count);
  turn(a, kernels, workspace.angles, workspace.phasors, workspace);
  for (std::uint32_t i = 0; i < page; ++i) {
    turn(a, kernels, workspace.page_angles, workspace.page_phasors, workspace);
  }
}

void add_key_bias(const Architecture& a, const KernelSet& kernels, const float* table,
                  float* scores, std::size_t score_stride, KeyBiasWorkspace& workspace) noexcept {
  const KeyBiasTerms terms{.turns = table,
                           .pairs = workspace.pairs,
                           .count = workspace.count,
                           .phasors = workspace.page_phasors,
                           .offsets = workspace.offsets};
  kernels.add_key_bias(terms, a.heads_per_kv(), scores, score_stride);
  turn(a, kernels, workspace.page_angles, workspace.page_phasors, workspace);
}

}  // namespace ringlet
