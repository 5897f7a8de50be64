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
  taps,  // of all channels of a convolution
};

using Extents = std::array<std::uint32_t, 9>;

/// Indexed by Extent; of a layer with this mixer, or outside the layers.
[[nodiscard]] inline Extents extents_of(const Architecture& a,
                                        Mixer mixer = Mixer::attention) noexcept {
  Extents extents = {1,
                     a.vocab_size,
                     a.dim,
                     a.hidden_dim,
                     a.query_dim(),
                     a.kv_dim(),
                     a.head_dim,
                     a.learned_positions,
                     std::uint32_t{a.convolution} * a.dim};
  if (features::recurrent && mixer == Mixer::short_convolution) {
    extents[static_cast<std::size_t>(Extent::query_dim)] = a.dim;
    extents[static_cast<std::size_t>(Extent::kv_dim)] = a.dim;
  }
  return extents;
}

enum class Presence : std::uint8_t {
  required,
  optional,
  families,   // optional, and part of the feature of that name
  recurrent,  // the same
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
};

inline constexpr std::array layer_tensors = [] {
  using schema::Layer;
  using enum Presence;
  using enum Extent;
  return std::to_array<TensorRow>({
      {"layers.attention_norm", Layer::VT_ATTENTION_NORM, optional, dim},
      {"layers.attention_norm_bias", Layer::VT_ATTENTION_NORM_BIAS, families, dim},
      {"layers.wq", Layer::VT_WQ, required, query_dim, dim},
      {"layers.bq", Layer::VT_BQ, families, query_dim},
      {"layers.wk", Layer::VT_WK, required, kv_dim, dim},
      {"layers.bk", Layer::VT_BK, families, kv_dim},
      {"layers.wv", Layer::VT_WV, required, kv_dim, dim},
      {"layers.bv", Layer::VT_BV, families, kv_dim},
      {"layers.q_norm", Layer::VT_Q_NORM, families, head_dim},
      {"layers.k_norm", Layer::VT_K_NORM, families, head_dim},
      {"layers.all_q_norm", Layer::VT_ALL_Q_NORM, families, query_dim},
      {"layers.all_k_norm", Layer::VT_ALL_K_NORM, families, kv_dim},
      {"layers.attended_norm", Layer::VT_ATTENDED_NORM, families, query_dim},
      {"layers.wo", Layer::VT_WO, required, dim, query_dim},
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
