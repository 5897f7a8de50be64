#include "model/weights.hpp"

#include "base/features.hpp"

namespace ringlet {
namespace {

const flatbuffers::Table& table_of(const TensorReader& reader) {
  return *static_cast<const flatbuffers::Table*>(reader.table);
}

TensorReader model_tensors(const Model& model) { return {model.tables(), model.data()}; }

/// Inlined although it is long, because every pass calls it for every matrix.
[[gnu::always_inline]] inline PackedMatrix view_at(const schema::Matrix& matrix,
                                                   const std::byte* data) {
  const auto* base = reinterpret_cast<const std::uint8_t*>(data);
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

}  // namespace

PackedMatrix view(const schema::Matrix& matrix, std::span<const std::byte> data) noexcept {
  return view_at(matrix, data.data());
}

PackedMatrix TensorReader::matrix(flatbuffers::voffset_t field) const noexcept {
  const auto* matrix = table_of(*this).GetPointer<const schema::Matrix*>(field);
  return matrix == nullptr ? PackedMatrix{} : view_at(*matrix, data.data());
}

const float* TensorReader::floats(flatbuffers::voffset_t field) const noexcept {
  const auto* vector = table_of(*this).GetPointer<const schema::Vector*>(field);
  if (vector == nullptr) return nullptr;
  return reinterpret_cast<const float*>(data.data() + static_cast<std::size_t>(vector->offset()));
}

NormWeights TensorReader::norm(flatbuffers::voffset_t gain,
                               flatbuffers::voffset_t bias) const noexcept {
  return {floats(gain), of_families(bias)};
}

LayerWeights layer_weights(const Model& model, std::uint32_t layer) noexcept {
  const schema::Layer& table = *model.tables()->layers()->Get(layer);
  return {.read = {&table, model.data()},
          .rotary = features::families ? static_cast<Rotary>(table.rotary()) : Rotary::global,
          .hadamard_keys = table.hadamard_keys()};
}

RecurrentWeights recurrent_weights(const Model& model, std::uint32_t layer) noexcept {
  return {.read = {model.tables()->layers()->Get(layer), model.data()}};
}

PerLayerWeights per_layer_weights(const Model& model, std::uint32_t layer) noexcept {
  return {.read = {model.tables()->layers()->Get(layer), model.data()}};
}

float output_scale(const Model& model, std::uint32_t layer) noexcept {
  return features::per_layer ? model.tables()->layers()->Get(layer)->output_scale() : 1.0F;
}

PackedMatrix per_layer_embedding(const Model& model) noexcept {
  return model_tensors(model).matrix(schema::Model::VT_PER_LAYER_EMBEDDING);
}

PackedMatrix per_layer_projection(const Model& model) noexcept {
  return model_tensors(model).matrix(schema::Model::VT_PER_LAYER_PROJECTION);
}

PackedMatrix attended_gate(const Model& model, std::uint32_t layer) noexcept {
  const TensorReader read{model.tables()->layers()->Get(layer), model.data()};
  return read.matrix(schema::Layer::VT_ATTENDED_GATE);
}

bool has_key_bias(const Model& model) noexcept {
  if (!features::key_bias) return false;
  for (const schema::Layer* layer : *model.tables()->layers()) {
    if (layer->key_bias() != nullptr) return true;
  }
  return false;
}

PackedMatrix embedding(const Model& model) noexcept {
  return model_tensors(model).matrix(schema::Model::VT_EMBEDDING);
}

PackedMatrix positions(const Model& model) noexcept {
  return model_tensors(model).matrix(schema::Model::VT_POSITIONS);
}

PackedMatrix lm_head(const Model& model) noexcept {
  return model_tensors(model).matrix(model.architecture().tied_embedding
                                         ? schema::Model::VT_EMBEDDING
                                         : schema::Model::VT_LM_HEAD);
}

const float* floats_of_model(const Model& model, flatbuffers::voffset_t field) noexcept {
  return model_tensors(model).floats(field);
}

NormWeights final_norm(const Model& model) noexcept {
  return model_tensors(model).norm(schema::Model::VT_FINAL_NORM, schema::Model::VT_FINAL_NORM_BIAS);
}

bool has_long_frequencies(const Model& model, std::uint32_t context) noexcept {
  const schema::Architecture& a = *model.tables()->architecture();
  return a.rotary_frequencies_long() != nullptr && context > a.rope_long_above();
}

const std::uint64_t* rotary_frequencies(const Model& model, Rotary rotary,
                                        std::uint32_t context) noexcept {
  const schema::Architecture& a = *model.tables()->architecture();
  if (features::families && rotary == Rotary::local) return a.rotary_frequencies_local()->data();
  return has_long_frequencies(model, context) ? a.rotary_frequencies_long()->data()
                                              : a.rotary_frequencies()->data();
}

}  // namespace ringlet
