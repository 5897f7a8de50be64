#include "model/weights.hpp"

#include "base/features.hpp"

namespace ringlet {
namespace {

using Data = std::span<const std::byte>;

const float* floats(const schema::Vector* vector, Data data) {
  if (vector == nullptr) return nullptr;
  return reinterpret_cast<const float*>(data.data() + static_cast<std::size_t>(vector->offset()));
}

/// What only other families' layers have.
const float* family_floats(const schema::Vector* vector, Data data) {
  return features::families ? floats(vector, data) : nullptr;
}

NormWeights norm(const schema::Vector* gain, const schema::Vector* bias, Data data) {
  return {floats(gain, data), family_floats(bias, data)};
}

PackedMatrix view_or_empty(const schema::Matrix* matrix, Data data) {
  return matrix == nullptr ? PackedMatrix{} : view(*matrix, data);
}

}  // namespace

PackedMatrix view(const schema::Matrix& matrix, std::span<const std::byte> data) noexcept {
  const auto* base = reinterpret_cast<const std::uint8_t*>(data.data());
  PackedMatrix result{.codes = base + static_cast<std::size_t>(matrix.codes_offset()),
                      .rows = matrix.rows(),
                      .columns = matrix.columns(),
                      .format = static_cast<MatrixFormat>(matrix.format())};
  if (is_integer(result.format)) {
    result.scales = reinterpret_cast<const std::uint16_t*>(
        base + static_cast<std::size_t>(matrix.scales_offset()));
  }
  return result;
}

LayerWeights layer_weights(const Model& model, std::uint32_t layer) noexcept {
  const schema::Layer& t = *model.tables()->layers()->Get(layer);
  const auto data = model.data();
  return {.attention_norm = norm(t.attention_norm(), t.attention_norm_bias(), data),
          .wq = view(*t.wq(), data),
          .wk = view(*t.wk(), data),
          .wv = view(*t.wv(), data),
          .bq = family_floats(t.bq(), data),
          .bk = family_floats(t.bk(), data),
          .bv = family_floats(t.bv(), data),
          .q_norm = family_floats(t.q_norm(), data),
          .k_norm = family_floats(t.k_norm(), data),
          .wo = view(*t.wo(), data),
          .bo = family_floats(t.bo(), data),
          .post_attention_norm = {family_floats(t.post_attention_norm(), data), nullptr},
          .ffn_norm = norm(t.ffn_norm(), t.ffn_norm_bias(), data),
          .w_gate = view_or_empty(t.w_gate(), data),
          .w_up = view(*t.w_up(), data),
          .w_down = view(*t.w_down(), data),
          .b_gate = family_floats(t.b_gate(), data),
          .b_up = family_floats(t.b_up(), data),
          .b_down = family_floats(t.b_down(), data),
          .post_ffn_norm = {family_floats(t.post_ffn_norm(), data), nullptr},
          .rotary = features::families ? static_cast<Rotary>(t.rotary()) : Rotary::global,
          .turn_keys = t.turn_keys(),
          .key_bias = features::key_bias ? floats(t.key_bias(), data) : nullptr};
}

bool has_key_bias(const Model& model) noexcept {
  if (!features::key_bias) return false;
  for (const schema::Layer* layer : *model.tables()->layers()) {
    if (layer->key_bias() != nullptr) return true;
  }
  return false;
}

PackedMatrix embedding(const Model& model) noexcept {
  return view(*model.tables()->embedding(), model.data());
}

PackedMatrix positions(const Model& model) noexcept {
  return view_or_empty(model.tables()->positions(), model.data());
}

PackedMatrix output_head(const Model& model) noexcept {
  return model.architecture().tied_head ? embedding(model)
                                        : view(*model.tables()->head(), model.data());
}

NormWeights final_norm(const Model& model) noexcept {
  return norm(model.tables()->final_norm(), model.tables()->final_norm_bias(), model.data());
}

bool has_long_steps(const Model& model, std::uint32_t context) noexcept {
  const schema::Architecture& a = *model.tables()->architecture();
  return a.rope_steps_long() != nullptr && context > a.rope_long_above();
}

const std::uint64_t* rope_steps(const Model& model, Rotary rotary, std::uint32_t context) noexcept {
  const schema::Architecture& a = *model.tables()->architecture();
  if (features::families && rotary == Rotary::local) return a.rope_steps_local()->data();
  return has_long_steps(model, context) ? a.rope_steps_long()->data() : a.rope_steps()->data();
}

}  // namespace ringlet
