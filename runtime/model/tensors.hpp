// The tensors of a model file in their canonical order, with the shapes that the architecture
// demands.
#pragma once

#include <cstdint>

#include "ringlet/architecture.hpp"
#include "ringlet/status.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// One tensor: a matrix or a vector, never both.
struct TensorRef {
  const char* name = "";    // static text: "layers.wq"
  std::int64_t layer = -1;  // −1 outside the layers
  const schema::Matrix* matrix = nullptr;
  const schema::Vector* vector = nullptr;
  std::uint32_t rows = 0;     // expected; of a vector its length
  std::uint32_t columns = 0;  // expected; of a vector 1
};

/// Calls visit(TensorRef) → Status for every tensor in the order of the planes in the data segment:
/// embedding, positions, the layers, final_norm, head. Those that a model may lack are left out
/// where it does. Stops at the first failure and returns it.
template <typename Visit>
Status for_each_tensor(const schema::Model& model, const Architecture& a, Visit visit) {
  Status status;
  const auto matrix = [&](const char* name, std::int64_t layer, const schema::Matrix* m,
                          std::uint32_t rows, std::uint32_t columns) {
    if (status.ok() && m != nullptr) {
      status = visit(TensorRef{name, layer, m, nullptr, rows, columns});
    }
  };
  const auto vector = [&](const char* name, std::int64_t layer, const schema::Vector* v,
                          std::uint32_t length) {
    if (status.ok() && v != nullptr) {
      status = visit(TensorRef{name, layer, nullptr, v, length, 1});
    }
  };
  matrix("embedding", -1, model.embedding(), a.vocab_size, a.dim);
  matrix("positions", -1, model.positions(), a.positions, a.dim);
  for (std::uint32_t i = 0; i < a.layers && status.ok(); ++i) {
    const schema::Layer& layer = *model.layers()->Get(i);
    vector("layers.attention_norm", i, layer.attention_norm(), a.dim);
    vector("layers.attention_norm_bias", i, layer.attention_norm_bias(), a.dim);
    matrix("layers.wq", i, layer.wq(), a.query_dim(), a.dim);
    vector("layers.bq", i, layer.bq(), a.query_dim());
    matrix("layers.wk", i, layer.wk(), a.kv_dim(), a.dim);
    vector("layers.bk", i, layer.bk(), a.kv_dim());
    matrix("layers.wv", i, layer.wv(), a.kv_dim(), a.dim);
    vector("layers.bv", i, layer.bv(), a.kv_dim());
    vector("layers.q_norm", i, layer.q_norm(), a.head_dim);
    vector("layers.k_norm", i, layer.k_norm(), a.head_dim);
    matrix("layers.wo", i, layer.wo(), a.dim, a.query_dim());
    vector("layers.bo", i, layer.bo(), a.dim);
    vector("layers.post_attention_norm", i, layer.post_attention_norm(), a.dim);
    vector("layers.ffn_norm", i, layer.ffn_norm(), a.dim);
    vector("layers.ffn_norm_bias", i, layer.ffn_norm_bias(), a.dim);
    matrix("layers.w_gate", i, layer.w_gate(), a.hidden_dim, a.dim);
    vector("layers.b_gate", i, layer.b_gate(), a.hidden_dim);
    matrix("layers.w_up", i, layer.w_up(), a.hidden_dim, a.dim);
    vector("layers.b_up", i, layer.b_up(), a.hidden_dim);
    matrix("layers.w_down", i, layer.w_down(), a.dim, a.hidden_dim);
    vector("layers.b_down", i, layer.b_down(), a.dim);
    vector("layers.post_ffn_norm", i, layer.post_ffn_norm(), a.dim);
    vector("layers.key_bias", i, layer.key_bias(), a.kv_dim());
  }
  vector("final_norm", -1, model.final_norm(), a.dim);
  vector("final_norm_bias", -1, model.final_norm_bias(), a.dim);
  if (!a.tied_head) matrix("head", -1, model.head(), a.vocab_size, a.dim);
  return status;
}

}  // namespace ringlet
