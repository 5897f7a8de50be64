#include "source/collect_delta.hpp"

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "source/errors.hpp"
#include "source/matrix_parts.hpp"

namespace ringlet::convert {
namespace {

using Order = std::function<std::uint32_t(std::uint32_t)>;

/// Where a number of a head is stored: `each` numbers belong to one. llama.cpp puts the first heads
/// of values of all heads of keys before the second ones ("tiled"), so that it can repeat keys.
Order order_of(const ModelShape& shape, std::uint32_t each) {
  const Architecture& a = shape.architecture;
  const std::uint32_t key_heads = a.state_key_heads;
  const std::uint32_t shared = a.state_heads / key_heads;
  if (!shape.tiled_state || shared == 1) return nullptr;
  return [=](std::uint32_t i) {
    const std::uint32_t head = i / each;
    return (head % shared * key_heads + head / shared) * each + i % each;
  };
}

SourceMatrix ordered_rows(SourceMatrix matrix, const Order& order) {
  const std::uint32_t rows = matrix.rows;
  return order ? select_rows(std::move(matrix), rows, order) : matrix;
}

SourceVector ordered(SourceVector vector, const Order& order) {
  if (!order) return vector;
  const std::vector<float> source = vector.values;
  for (std::uint32_t i = 0; i < source.size(); ++i) vector.values[i] = source[order(i)];
  return vector;
}

}  // namespace

SourceVector collect_taps(const ModelShape& shape, TensorStore& store, const std::string& name,
                          std::uint32_t channels) {
  const std::uint32_t positions = shape.architecture.convolution;
  const SourceVector stored = store.flat(name, channels, positions);
  SourceVector taps{stored.name, std::vector<float>(stored.values.size())};
  for (std::size_t i = 0; i < channels; ++i) {
    for (std::size_t j = 0; j < positions; ++j) {
      taps.values[j * channels + i] = stored.values[i * positions + j];
    }
  }
  return taps;
}

void collect_delta(const ModelShape& shape, TensorStore& store, const std::string& prefix,
                   SourceLayer& layer) {
  const Architecture& a = shape.architecture;
  const TensorNames& n = shape.names;
  const std::uint32_t queries = a.state_queries();
  const std::uint32_t values = a.state_values();
  const Order of_values = order_of(shape, a.state_head_dim);
  const Order of_heads = order_of(shape, 1);
  const auto matrix = [&](const char* part, std::uint32_t rows, std::uint32_t columns) {
    return store.matrix(prefix + part + ".weight", rows, columns);
  };
  const SourceMatrix all = matrix(n.delta_qkv, a.state_channels(), a.dim);
  layer.mixer = Mixer::gated_delta;
  layer.wq = rows_of(all, 0, queries);
  layer.wk = rows_of(all, queries, queries);
  layer.wv = ordered_rows(rows_of(all, 2 * queries, values), of_values);
  layer.attended_gate = ordered_rows(matrix(n.delta_gate, values, a.dim), of_values);
  layer.state_gates = stacked(ordered_rows(matrix(n.delta_beta, a.state_heads, a.dim), of_heads),
                              ordered_rows(matrix(n.delta_step, a.state_heads, a.dim), of_heads));
  layer.taps = collect_taps(shape, store, prefix + n.taps + ".weight", a.state_channels());
  for (std::uint32_t j = 0; of_values && j < a.convolution; ++j) {
    const std::uint32_t first = j * a.state_channels() + 2 * queries;
    const SourceVector part = ordered(part_of(*layer.taps, first, values), of_values);
    std::copy(part.values.begin(), part.values.end(), layer.taps->values.begin() + first);
  }
  layer.decay = ordered(store.vector(prefix + n.delta_decay, a.state_heads), of_heads);
  for (float& value : layer.decay->values) {
    if (!shape.decay_as_used) value = -std::exp(value);
    if (!(value <= 0) || std::isinf(value)) {
      fail(prefix, n.delta_decay, " gives a decay of ", value,
           "; it must be finite and not positive");
    }
  }
  layer.step_bias = ordered(store.vector(prefix + n.delta_step_bias, a.state_heads), of_heads);
  layer.state_norm = store.vector(prefix + n.delta_norm + ".weight", a.state_head_dim);
  layer.wo = matrix(n.delta_out, a.dim, values);
  if (of_values) layer.wo = select_columns(std::move(layer.wo), of_values);
}

}  // namespace ringlet::convert
