#include "decoder/decoder.hpp"

#include <algorithm>
#include <cstring>

#include "model/as_built.hpp"
#include "model/layer_sizes.hpp"
#include "numerics/log.hpp"
#include "ringlet/division.hpp"

namespace ringlet {

// Once the ring has wrapped, a query sees a window and not all of its past, so the growth stops
// there, like the distance to the sinks. A window that the model itself has was there in its
// training, so there the growth goes on.
void Decoder::grow_queries(std::uint32_t layer) noexcept {
  const Architecture& a = model_->architecture();
  pass_->for_each_session([&](const RowSpan& span) {
    const RingGeometry& ring = span.cache->layer(layer).ring;
    const bool own_window = model_->window(layer) != 0;
    for (std::uint32_t i = 0; i < span.count; ++i) {
      const std::uint64_t own = span.position + i;
      const std::uint64_t position = own_window ? own : sink_query_position(ring, own);
      const std::uint64_t lengths = quotient(position, a.query_growth_length);
      const float logarithm = canonical_log(static_cast<float>(lengths + 1));
      float* row = scratch_.queries.row(span.first + i);
      kernels_->scale(row, fused_multiply_add(a.query_growth, logarithm, 1.0F), a.query_dim(), row);
    }
  });
}

void Decoder::project_heads(const LayerWeights& weights, std::uint32_t layer,
                            const Architecture& a) noexcept {
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  const Activations x = quantized(s.attention_input, a.dim, tokens, s.attention_input_codes);
  const bool after = norms_after_rotary(a);
  // Matrices without rows take no part.
  if (has_attended_gate(a)) {
    const PackedMatrix gate = ringlet::attended_gate(*model_, layer);
    multiply(x, {{&weights.wq, s.queries},
                 {&weights.wk, s.keys},
                 {&weights.wv, s.values},
                 {&gate, attended_gate(s, a)}});
  } else {
    multiply(x, {{&weights.wq, s.queries}, {&weights.wk, s.keys}, {&weights.wv, s.values}});
  }
  add_bias(weights.bq, s.queries, a.query_dim(), tokens);
  if (!after) normalize_heads(weights.q_norm, s.queries, a.heads, a.head_dim, tokens);
  normalize_all(weights.all_q_norm, s.queries, a.query_dim(), tokens);
  watch(Tap::queries, layer, s.queries, a.query_dim());
  if (features::per_layer && weights.wk.rows == 0) return;
  add_bias(weights.bk, s.keys, a.kv_dim(), tokens);
  add_bias(weights.bv, s.values, a.kv_dim(), tokens);
  if (features::per_layer && weights.wv.rows == 0) {
    for (std::uint32_t t = 0; t < tokens; ++t) {
      std::memcpy(s.values.row(t), s.keys.row(t), a.kv_dim() * sizeof(float));
    }
  }
  if (!after) normalize_heads(weights.k_norm, s.keys, a.kv_heads, a.head_dim, tokens);
  normalize_all(weights.all_k_norm, s.keys, a.kv_dim(), tokens);
  if (weights.v_norm != nullptr) {
    normalize_parts(weights.v_norm, s.values, a.kv_heads, a.head_dim, tokens);
  }
  watch(Tap::keys, layer, s.keys, a.kv_dim());
  watch(Tap::values, layer, s.values, a.kv_dim());
}

void Decoder::attention_block(const LayerWeights& weights, std::uint32_t layer) noexcept {
  const Architecture& a = layer_architecture(*model_, layer);
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.attention_norm, s.attention_input, tokens);
  watch(Tap::attention_input, layer, s.attention_input, a.dim);
  project_heads(weights, layer, a);
  // The layer whose keys and values it reads.
  const std::uint32_t owner = model_->cache_of(layer);
  if (query_growth(a) != 0) grow_queries(owner);

  const Attention attention{
      .architecture = a,
      .kernels = *kernels_,
      .team = team_,
      .scratch = s,
      .layer = owner,
      .rotary = angles(weights.rotary),
      .sink_rotary = weights.rotary == Rotary::none ? RotaryRows{} : s.sink_rotary,
      .hadamard_keys = weights.hadamard_keys,
      .q_norm = norms_after_rotary(a) ? weights.q_norm : FamilyFloats(),
      .key_bias = weights.key_bias,
      .bias_rotary = bias_rotary(weights.rotary)};
  std::uint32_t longest = 0;
  pass_->for_each_session([&](const RowSpan& span) { longest = std::max(longest, span.count); });
  const std::uint32_t most = pass_->sessions.front().cache->layer(owner).ring.max_tokens;
  for (std::uint32_t done = 0; done < longest; done += most) {
    if (owner == layer) {
      pass_->for_each_session(
          [&](const RowSpan& span) { store_kv(weights, a, layer, span.part(done, most)); });
    }
    attend(attention, {*pass_, done, most});
  }
  if (has_attended_gate(a) && ringlet::attended_gate(*model_, layer).codes != nullptr) {
    const Rows gate = attended_gate(s, a);
    for (std::uint32_t t = 0; t < tokens; ++t) {
      float* row = s.attended.row(t);
      kernels_->sigmoid_multiply(gate.row(t), row, row, a.query_dim());
    }
  }
  normalize_all(weights.attended_norm, s.attended, a.query_dim(), tokens);
  finish_mixer(weights, layer, a.query_dim());
}

void Decoder::finish_mixer(const LayerWeights& weights, std::uint32_t layer,
                           std::uint32_t columns) noexcept {
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  watch(Tap::attended, layer, s.attended, columns);
  const Activations attended = quantized(s.attended, columns, tokens, s.attended_codes);
  multiply(attended, {{&weights.wo, s.attention_output}});
  finish_block(s.attention_output, weights.bo, weights.post_attention_norm, tokens);
  // Otherwise the feed-forward block reads the residual first.
  if (!has_parallel_blocks(model_->architecture())) add_to_residual(s.attention_output, tokens);
}

}  // namespace ringlet
