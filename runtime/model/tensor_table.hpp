// The tensors of a model: one table, in the order of their planes in the data segment.
// Verification, the hash, `ringlet inspect` and the check for left-out features walk it; in the
// converter, validation, layout, tables and the import of .ringlet files do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/features.hpp"
#include "ringlet/architecture.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// A size of the architecture that gives a tensor its rows or columns.
enum class Extent : std::uint8_t {
  one,  // columns of a vector
  vocab_size,
  dim,
  hidden_dim,
  query_dim,
  kv_dim,
  head_dim,
  learned_positions,
  // Only in builds whose layers can differ.
  value_dim,      // rows of wv; kv_dim in most layers that attend
  mixed_dim,      // what the layer's mixer gives to wo; query_dim where it attends
  per_layer_dim,  // of one layer
  per_layer_all,  // of all layers
  taps,           // of all channels of a convolution
  state_gates,    // this and the following only in a gated delta rule
  state_heads,
  state_head_dim,
};

/// Whether layers of this build can differ in more than their numbers.
inline constexpr bool layers_differ = features::recurrent || features::per_layer;

using Extents = std::array<std::uint32_t, layers_differ ? 16 : 8>;

/// What decides which tensors a layer has, beside its sizes.
struct LayerKind {
  Mixer mixer = Mixer::attention;
  bool has_keys = true;    // of its own, and not only those of another layer's cache
  bool has_values = true;  // by a matrix of their own
};

[[nodiscard]] inline LayerKind kind_of(const schema::Layer& layer) noexcept {
  const bool has_keys = layer.cache_of() < 0;
  return {static_cast<Mixer>(layer.mixer()), has_keys, has_keys && !layer.values_are_keys()};
}

/// Indexed by Extent; of a layer of this kind with the sizes of `a`, or outside the layers.
[[nodiscard]] inline Extents extents_of(const Architecture& a, LayerKind kind = {}) noexcept {
  Extents extents = {1,          a.vocab_size,       a.dim, a.hidden_dim, a.query_dim(), a.kv_dim(),
                     a.head_dim, a.learned_positions};
  if (!layers_differ) return extents;
  const auto set = [&](Extent extent, std::uint32_t n) {
    extents[static_cast<std::size_t>(extent)] = n;
  };
  set(Extent::value_dim, kind.has_values ? a.kv_dim() : 0);
  set(Extent::mixed_dim, a.query_dim());
  set(Extent::per_layer_dim, a.per_layer_dim);
  set(Extent::per_layer_all, a.layers * a.per_layer_dim);
  if (!kind.has_keys) set(Extent::kv_dim, 0);
  if (kind.mixer == Mixer::attention) return extents;
  const bool is_delta = kind.mixer == Mixer::gated_delta;
  const std::uint32_t queries = is_delta ? a.state_queries() : a.dim;
  const std::uint32_t values = is_delta ? a.state_values() : a.dim;
  set(Extent::query_dim, queries);
  set(Extent::kv_dim, queries);
  set(Extent::value_dim, values);
  set(Extent::mixed_dim, values);
  set(Extent::taps, a.convolution * (is_delta ? a.state_channels() : a.dim));
  set(Extent::state_gates, 2U * a.state_heads);
  set(Extent::state_heads, a.state_heads);
  set(Extent::state_head_dim, a.state_head_dim);
  return extents;
}

enum class Presence : std::uint8_t {
  required,
  optional,
  families,   // optional, and part of the feature of that name
  recurrent,  // the same
  per_layer,  // the same
  untied,     // required where the embedding is not tied, otherwise ignored
};

/// One tensor of a model or of each layer.
struct TensorRow {
  const char* name;
  std::uint8_t field;  // its VT_… in schema::Model or schema::Layer
  Presence presence;
  Extent rows;  // the length of a vector
  Extent columns = Extent::one;

  [[nodiscard]] constexpr bool is_matrix() const noexcept { return columns != Extent::one; }
};

inline constexpr std::array tensors_before_layers = {
    TensorRow{"embedding", schema::Model::VT_EMBEDDING, Presence::required, Extent::vocab_size,
              Extent::dim},
    TensorRow{"positions", schema::Model::VT_POSITIONS, Presence::families,
              Extent::learned_positions, Extent::dim},
    TensorRow{"per_layer_embedding", schema::Model::VT_PER_LAYER_EMBEDDING, Presence::per_layer,
              Extent::vocab_size, Extent::per_layer_all},
    TensorRow{"per_layer_projection", schema::Model::VT_PER_LAYER_PROJECTION, Presence::per_layer,
              Extent::per_layer_all, Extent::dim},
    TensorRow{"per_layer_norm", schema::Model::VT_PER_LAYER_NORM, Presence::per_layer,
              Extent::per_layer_dim},
};

inline constexpr std::array layer_tensors = [] {
  using schema::Layer;
  using enum Presence;
  using enum Extent;
  constexpr Extent values = layers_differ ? value_dim : kv_dim;
  constexpr Extent mixed = layers_differ ? mixed_dim : query_dim;
  return std::to_array<TensorRow>({
      {"layers.attention_norm", Layer::VT_ATTENTION_NORM, optional, dim},
      {"layers.attention_norm_bias", Layer::VT_ATTENTION_NORM_BIAS, families, dim},
      {"layers.wq", Layer::VT_WQ, required, query_dim, dim},
      {"layers.bq", Layer::VT_BQ, families, query_dim},
      {"layers.wk", Layer::VT_WK, required, kv_dim, dim},
      {"layers.bk", Layer::VT_BK, families, kv_dim},
      {"layers.wv", Layer::VT_WV, required, values, dim},
      {"layers.bv", Layer::VT_BV, families, values},
      {"layers.q_norm", Layer::VT_Q_NORM, families, head_dim},
      {"layers.k_norm", Layer::VT_K_NORM, families, head_dim},
      {"layers.all_q_norm", Layer::VT_ALL_Q_NORM, families, query_dim},
      {"layers.all_k_norm", Layer::VT_ALL_K_NORM, families, kv_dim},
      {"layers.attended_norm", Layer::VT_ATTENDED_NORM, families, mixed},
      {"layers.wo", Layer::VT_WO, required, dim, mixed},
      {"layers.bo", Layer::VT_BO, families, dim},
      {"layers.post_attention_norm", Layer::VT_POST_ATTENTION_NORM, families, dim},
      {"layers.ffn_norm", Layer::VT_FFN_NORM, optional, dim},
      {"layers.ffn_norm_bias", Layer::VT_FFN_NORM_BIAS, families, dim},
      {"layers.w_gate", Layer::VT_W_GATE, optional, hidden_dim, dim},
      {"layers.b_gate", Layer::VT_B_GATE, families, hidden_dim},
      {"layers.w_up", Layer::VT_W_UP, required, hidden_dim, dim},
      {"layers.b_up", Layer::VT_B_UP, families, hidden_dim},
      {"layers.hidden_norm", Layer::VT_HIDDEN_NORM, families, hidden_dim},
      {"layers.w_down", Layer::VT_W_DOWN, required, dim, hidden_dim},
      {"layers.b_down", Layer::VT_B_DOWN, families, dim},
      {"layers.post_ffn_norm", Layer::VT_POST_FFN_NORM, families, dim},
      {"layers.key_bias", Layer::VT_KEY_BIAS, optional, kv_dim},
      {"layers.taps", Layer::VT_TAPS, recurrent, Extent::taps},
      {"layers.taps_bias", Layer::VT_TAPS_BIAS, recurrent, dim},
      {"layers.attended_gate", Layer::VT_ATTENDED_GATE, recurrent, mixed, dim},
      {"layers.state_gates", Layer::VT_STATE_GATES, recurrent, Extent::state_gates, dim},
      {"layers.decay", Layer::VT_DECAY, recurrent, Extent::state_heads},
      {"layers.step_bias", Layer::VT_STEP_BIAS, recurrent, Extent::state_heads},
      {"layers.state_norm", Layer::VT_STATE_NORM, recurrent, Extent::state_head_dim},
      {"layers.v_norm", Layer::VT_V_NORM, Presence::per_layer, head_dim},
      {"layers.per_layer_gate", Layer::VT_PER_LAYER_GATE, Presence::per_layer, per_layer_dim, dim},
      {"layers.per_layer_out", Layer::VT_PER_LAYER_OUT, Presence::per_layer, dim, per_layer_dim},
      {"layers.per_layer_norm", Layer::VT_PER_LAYER_NORM, Presence::per_layer, dim},
  });
}();

inline constexpr std::array tensors_after_layers = {
    TensorRow{"final_norm", schema::Model::VT_FINAL_NORM, Presence::required, Extent::dim},
    TensorRow{"final_norm_bias", schema::Model::VT_FINAL_NORM_BIAS, Presence::families,
              Extent::dim},
    TensorRow{"lm_head", schema::Model::VT_LM_HEAD, Presence::untied, Extent::vocab_size,
              Extent::dim},
    TensorRow{"lm_head_bias", schema::Model::VT_LM_HEAD_BIAS, Presence::families,
              Extent::vocab_size},
};

/// The rows of a table that `keep` selects, as a table of its own, so that the other rows and their
/// names take no flash.
template <const auto& rows, bool (*keep)(const TensorRow&)>
inline constexpr auto rows_where = [] {
  constexpr std::size_t count = [] {
    std::size_t kept = 0;
    for (const TensorRow& row : rows) kept += keep(row) ? 1U : 0U;
    return kept;
  }();
  std::array<TensorRow, count> result{};
  std::size_t next = 0;
  for (const TensorRow& row : rows) {
    if (keep(row)) result[next++] = row;
  }
  return result;
}();

}  // namespace ringlet
