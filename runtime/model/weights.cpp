#include "model/weights.hpp"

namespace ringlet {
namespace {

const float* floats(const schema::Vector& vector, std::span<const std::byte> data) {
  return reinterpret_cast<const float*>(data.data() + static_cast<std::size_t>(vector.offset()));
}

}  // namespace

PackedMatrix view(const schema::Matrix& matrix, std::span<const std::byte> data) noexcept {
  const auto* base = reinterpret_cast<const std::uint8_t*>(data.data());
  PackedMatrix result{.codes = base + static_cast<std::size_t>(matrix.codes_offset()),
                      .rows = matrix.rows(),
                      .columns = matrix.columns(),
                      .format = static_cast<MatrixFormat>(matrix.format())};
  if (result.format != MatrixFormat::f32) {
    result.scales = reinterpret_cast<const std::uint16_t*>(
        base + static_cast<std::size_t>(matrix.scales_offset()));
  }
  return result;
}

LayerWeights layer_weights(const Model& model, std::uint32_t layer) noexcept {
  const schema::Layer& table = *model.tables()->layers()->Get(layer);
  const auto data = model.data();
  return {.attention_norm = floats(*table.attention_norm(), data),
          .wq = view(*table.wq(), data),
          .wk = view(*table.wk(), data),
          .wv = view(*table.wv(), data),
          .wo = view(*table.wo(), data),
          .ffn_norm = floats(*table.ffn_norm(), data),
          .w_gate = view(*table.w_gate(), data),
          .w_up = view(*table.w_up(), data),
          .w_down = view(*table.w_down(), data),
          .turn_keys = table.turn_keys(),
          .key_bias = table.key_bias() == nullptr ? nullptr : floats(*table.key_bias(), data)};
}

bool has_key_bias(const Model& model) noexcept {
  for (const schema::Layer* layer : *model.tables()->layers()) {
    if (layer->key_bias() != nullptr) return true;
  }
  return false;
}

PackedMatrix embedding(const Model& model) noexcept {
  return view(*model.tables()->embedding(), model.data());
}

PackedMatrix output_head(const Model& model) noexcept {
  return model.architecture().tied_head ? embedding(model)
                                        : view(*model.tables()->head(), model.data());
}

const float* final_norm(const Model& model) noexcept {
  return floats(*model.tables()->final_norm(), model.data());
}

const std::uint64_t* rope_steps(const Model& model) noexcept {
  return model.tables()->architecture()->rope_steps()->data();
}

}  // namespace ringlet
