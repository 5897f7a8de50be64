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
/// embedding, the layers, final_norm, head. Stops at the first failure and returns it.
template <typename Visit>
Status for_each_tensor(const schema::Model& model, const Architecture& a, Visit visit) {
  const auto matrix = [&](const char* name, std::int64_t layer, const schema::Matrix* m,
                          std::uint32_t rows, std::uint32_t columns) -> Status {
    return visit(TensorRef{name, layer, m, nullptr, rows, columns});
  };
  const auto vector_of = [&](std::uint32_t length, const char* name, std::int64_t layer,
                             const schema::Vector* v) -> Status {
    return visit(TensorRef{name, layer, nullptr, v, length, 1});
  };
  const auto vector = [&](const char* name, std::int64_t layer, const schema::Vector* v) -> Status {
    return vector_of(a.dim, name, layer, v);
  };
  Status status = matrix("embedding", -1, model.embedding(), a.vocab_size, a.dim);
  for (std::uint32_t i = 0; i < a.layers && status.ok(); ++i) {
    const schema::Layer& layer = *model.layers()->Get(i);
    if (status.ok()) status = vector("layers.attention_norm", i, layer.attention_norm());
    if (status.ok()) status = matrix("layers.wq", i, layer.wq(), a.query_dim(), a.dim);
    if (status.ok()) status = matrix("layers.wk", i, layer.wk(), a.kv_dim(), a.dim);
    if (status.ok()) status = matrix("layers.wv", i, layer.wv(), a.kv_dim(), a.dim);
    if (status.ok()) status = matrix("layers.wo", i, layer.wo(), a.dim, a.query_dim());
    if (status.ok()) status = vector("layers.ffn_norm", i, layer.ffn_norm());
    if (status.ok()) status = matrix("layers.w_gate", i, layer.w_gate(), a.hidden_dim, a.dim);
    if (status.ok()) status = matrix("layers.w_up", i, layer.w_up(), a.hidden_dim, a.dim);
    if (status.ok()) status = matrix("layers.w_down", i, layer.w_down(), a.dim, a.hidden_dim);
    if (status.ok() && layer.key_bias() != nullptr) {
      status = vector_of(a.kv_dim(), "layers.key_bias", i, layer.key_bias());
    }
  }
  if (status.ok()) status = vector("final_norm", -1, model.final_norm());
  if (status.ok() && !a.tied_head) status = matrix("head", -1, model.head(), a.vocab_size, a.dim);
  return status;
}

}  // namespace ringlet
