#include "model/tensors.hpp"

#include "base/features.hpp"

namespace ringlet {

Status for_each_tensor(const schema::Model& model, const Architecture& a,
                       Status (*visit)(void*, const TensorRef&), void* context) {
  Status status;
  const auto matrix = [&](const char* name, std::int64_t layer, const schema::Matrix* m,
                          std::uint32_t rows, std::uint32_t columns) {
    if (status.ok() && m != nullptr) {
      status = visit(context, {name, layer, m, nullptr, rows, columns});
    }
  };
  const auto vector = [&](const char* name, std::int64_t layer, const schema::Vector* v,
                          std::uint32_t length) {
    if (status.ok() && v != nullptr) {
      status = visit(context, {name, layer, nullptr, v, length, 1});
    }
  };
  // What only other families have; a build without them refuses those models (needs.hpp).
  const auto extra = [&](const char* name, std::int64_t layer, const schema::Vector* v,
                         std::uint32_t length) {
    if (features::families) vector(name, layer, v, length);
  };
  matrix("embedding", -1, model.embedding(), a.vocab_size, a.dim);
  if (features::families) matrix("positions", -1, model.positions(), a.positions, a.dim);
  for (std::uint32_t i = 0; i < a.layers && status.ok(); ++i) {
    const schema::Layer& layer = *model.layers()->Get(i);
    vector("layers.attention_norm", i, layer.attention_norm(), a.dim);
    extra("layers.attention_norm_bias", i, layer.attention_norm_bias(), a.dim);
    matrix("layers.wq", i, layer.wq(), a.query_dim(), a.dim);
    extra("layers.bq", i, layer.bq(), a.query_dim());
    matrix("layers.wk", i, layer.wk(), a.kv_dim(), a.dim);
    extra("layers.bk", i, layer.bk(), a.kv_dim());
    matrix("layers.wv", i, layer.wv(), a.kv_dim(), a.dim);
    extra("layers.bv", i, layer.bv(), a.kv_dim());
    extra("layers.q_norm", i, layer.q_norm(), a.head_dim);
    extra("layers.k_norm", i, layer.k_norm(), a.head_dim);
    matrix("layers.wo", i, layer.wo(), a.dim, a.query_dim());
    extra("layers.bo", i, layer.bo(), a.dim);
    extra("layers.post_attention_norm", i, layer.post_attention_norm(), a.dim);
    vector("layers.ffn_norm", i, layer.ffn_norm(), a.dim);
    extra("layers.ffn_norm_bias", i, layer.ffn_norm_bias(), a.dim);
    matrix("layers.w_gate", i, layer.w_gate(), a.hidden_dim, a.dim);
    extra("layers.b_gate", i, layer.b_gate(), a.hidden_dim);
    matrix("layers.w_up", i, layer.w_up(), a.hidden_dim, a.dim);
    extra("layers.b_up", i, layer.b_up(), a.hidden_dim);
    matrix("layers.w_down", i, layer.w_down(), a.dim, a.hidden_dim);
    extra("layers.b_down", i, layer.b_down(), a.dim);
    extra("layers.post_ffn_norm", i, layer.post_ffn_norm(), a.dim);
    vector("layers.key_bias", i, layer.key_bias(), a.kv_dim());
  }
  vector("final_norm", -1, model.final_norm(), a.dim);
  extra("final_norm_bias", -1, model.final_norm_bias(), a.dim);
  if (!a.tied_head) matrix("head", -1, model.head(), a.vocab_size, a.dim);
  return status;
}

}  // namespace ringlet
