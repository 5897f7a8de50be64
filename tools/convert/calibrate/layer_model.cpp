#include "calibrate/layer_model.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "model/weights.hpp"
#include "source/errors.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {
namespace {

constexpr std::align_val_t alignment{64};

/// A matrix of the same shape with zeros in place of weights.
SourceMatrix zeros(const SourceMatrix& matrix) {
  SourceMatrix result;
  result.name = matrix.name;
  result.rows = matrix.rows;
  result.columns = matrix.columns;
  result.read_row = [](std::uint32_t, std::span<float> out) {
    std::fill(out.begin(), out.end(), 0.0F);
  };
  return result;
}

bool is_calibrated(const SourceMatrix& matrix, TensorClass kind, const WriteOptions& formats) {
  return matrix.rows > 0 && formats.format_of(kind, matrix) == MatrixFormat::int4 &&
         matrix.stored_as != MatrixFormat::int4;
}

TensorClass class_of(LayerInput input) {
  return input == LayerInput::attention || input == LayerInput::output ? TensorClass::attention
                                                                       : TensorClass::feed_forward;
}

std::vector<PackedMatrix> packed_matrices(const Model& model, LayerInput input) {
  const LayerWeights weights = layer_weights(model, 0);
  const RecurrentWeights recurrent = recurrent_weights(model, 0);
  std::vector<PackedMatrix> all;
  const auto add = [&](const PackedMatrix& matrix) {
    if (matrix.codes != nullptr) all.push_back(matrix);
  };
  switch (input) {
    case LayerInput::attention:
      all = {weights.wq, weights.wk, weights.wv};
      add(recurrent.attended_gate);
      add(recurrent.state_gates);
      break;
    case LayerInput::output:
      all = {weights.wo};
      break;
    case LayerInput::feed_forward:
      add(weights.w_gate);
      all.push_back(weights.w_up);
      break;
    case LayerInput::down:
      all = {weights.w_down};
      break;
  }
  return all;
}

/// What reads another layer's cache gets keys and values of its own, which the runner fills in.
void give_cache(SourceLayer& layer, const Architecture& architecture) {
  const Architecture a = with_sizes_of(architecture, layer);
  layer.cache_of.reset();
  layer.values_are_keys = false;
  for (SourceMatrix* matrix : {&layer.wk, &layer.wv}) {
    matrix->rows = a.kv_dim();
    matrix->columns = a.dim;
    *matrix = zeros(*matrix);
  }
  if (layer.q_norm) layer.k_norm = SourceVector{"k_norm", std::vector<float>(a.head_dim, 1.0F)};
}

/// Room for the inputs that tokens bring for the layer, which the runner fills in.
void give_token_inputs(SourceModel& one, const SourceModel& source) {
  const std::uint32_t width = one.architecture.per_layer_dim;
  SourceMatrix table;
  table.name = "inputs of the layer";
  table.rows = one.architecture.vocab_size;
  table.columns = width;
  SourceMatrix projection = table;
  projection.rows = width;
  projection.columns = one.architecture.dim;
  one.per_layer_embedding = zeros(table);
  one.per_layer_projection = zeros(projection);
  one.per_layer_norm = SourceVector{"inputs of the layer", std::vector<float>(width, 1.0F)};
  one.per_layer_epsilon = source.per_layer_epsilon;
}

}  // namespace

std::vector<const SourceMatrix*> matrices_of(const SourceLayer& layer, LayerInput input) {
  std::vector<const SourceMatrix*> all;
  const auto add = [&](const std::optional<SourceMatrix>& matrix) {
    if (matrix) all.push_back(&*matrix);
  };
  switch (input) {
    case LayerInput::attention:
      all = {&layer.wq, &layer.wk, &layer.wv};
      add(layer.attended_gate);
      add(layer.state_gates);
      break;
    case LayerInput::output:
      all = {&layer.wo};
      break;
    case LayerInput::feed_forward:
      add(layer.w_gate);
      all.push_back(&layer.w_up);
      break;
    case LayerInput::down:
      all = {&layer.w_down};
      break;
  }
  return all;
}

std::vector<const SourceMatrix*> calibrated_matrices(const SourceLayer& layer, LayerInput input,
                                                     const WriteOptions& formats) {
  std::vector<const SourceMatrix*> calibrated;
  for (const SourceMatrix* matrix : matrices_of(layer, input)) {
    const bool gates = layer.state_gates && matrix == &*layer.state_gates;
    if (is_calibrated(*matrix, gates ? TensorClass::gates : class_of(input), formats)) {
      calibrated.push_back(matrix);
    }
  }
  return calibrated;
}

SourceModel layer_source(const SourceModel& source, std::uint32_t index, std::uint32_t rows) {
  SourceModel one;
  one.family = source.family;
  one.name = source.name;
  one.source = source.source;
  one.architecture = source.architecture;
  one.rotary = source.rotary;
  one.layers = {source.layers[index]};
  one.final_norm = source.final_norm;
  Architecture& a = one.architecture;
  a.layers = 1;
  a.vocab_size = rows;
  a.tied_embedding = true;
  a.embedding_scale = 1;
  a.learned_positions = 0;
  a.logit_softcap = 0;
  one.embedding.name = "inputs";
  one.embedding.rows = rows;
  one.embedding.columns = a.dim;
  one.embedding = zeros(one.embedding);
  one.local_rotary = source.local_rotary;
  one.long_rotary = source.long_rotary;
  one.long_above = source.long_above;
  one.final_norm_bias = source.final_norm_bias;
  if (one.layers.front().cache_of) give_cache(one.layers.front(), a);
  if (a.per_layer_dim != 0) give_token_inputs(one, source);
  return one;
}

void QuantizedLayer::FreeAligned::operator()(std::byte* memory) const {
  ::operator delete[](memory, alignment);
}

QuantizedLayer::QuantizedLayer(const SourceModel& source, std::uint32_t index, std::uint32_t rows,
                               const WriteOptions& formats) {
  SourceModel one = layer_source(source, index, rows);
  for (std::size_t i = 0; i < inputs_per_layer; ++i) {
    const auto input = static_cast<LayerInput>(i);
    const auto all = matrices_of(source.layers[index], input);
    for (const SourceMatrix* matrix : calibrated_matrices(source.layers[index], input, formats)) {
      const auto place =
          static_cast<std::size_t>(std::find(all.begin(), all.end(), matrix) - all.begin());
      places_[i].push_back(place);
      // It is a part of our own source.
      auto* own = const_cast<SourceMatrix*>(matrices_of(one.layers.front(), input)[place]);
      *own = zeros(*own);
    }
  }
  WriteOptions options = formats;
  options.embedding = MatrixFormat::f32;
  const std::vector<std::byte> bytes = write_model_to_memory(one, options);
  image_.reset(static_cast<std::byte*>(::operator new[](bytes.size(), alignment)));
  std::memcpy(image_.get(), bytes.data(), bytes.size());
  const Result<Model> opened = Model::open({image_.get(), bytes.size()});
  std::array<char, 256> text{};
  if (!opened) fail("a layer cannot be calibrated: ", describe(opened.status(), text));
  model_ = *opened;
}

void QuantizedLayer::set(LayerInput input, const std::vector<Int4Planes>& planes) {
  const std::vector<PackedMatrix> all = packed_matrices(model_, input);
  const std::vector<std::size_t>& places = places_[static_cast<std::size_t>(input)];
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const PackedMatrix& matrix = all[places[i]];
    // The planes are part of our own image.
    std::memcpy(const_cast<std::uint8_t*>(matrix.codes), planes[i].codes.data(),
                planes[i].codes.size());
    std::memcpy(const_cast<std::uint16_t*>(matrix.scales), planes[i].scales.data(),
                planes[i].scales.size() * sizeof(std::uint16_t));
  }
}

std::vector<const std::uint8_t*> codes_of(const Model& model, LayerInput input) {
  std::vector<const std::uint8_t*> codes;
  for (const PackedMatrix& matrix : packed_matrices(model, input)) codes.push_back(matrix.codes);
  return codes;
}

}  // namespace ringlet::convert
