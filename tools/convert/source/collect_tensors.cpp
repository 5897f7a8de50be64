#include "source/collect_tensors.hpp"

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "source/collect_delta.hpp"
#include "source/matrix_parts.hpp"

namespace ringlet::convert {
namespace {

/// Queries, keys and values of a layer, with their biases.
struct Heads {
  SourceMatrix q, k, v;
  std::optional<SourceVector> bq, bk, bv;
};

/// Some sources rotate neighbors (2i, 2i + 1) of a head. Returns the source row that becomes `row`
/// when the elements of a pair are half a rotary_dim apart. Dimensions without rotation stay in
/// place.
std::uint32_t interleaved_row(std::uint32_t row, const Architecture& a) {
  const std::uint32_t i = row % a.head_dim;
  const std::uint32_t half = a.rotary_dim / 2;
  if (i >= a.rotary_dim) return row;
  return row - i + (i < half ? 2 * i : 2 * (i - half) + 1);
}

/// Takes the tensors of one layer.
class LayerCollector {
 public:
  LayerCollector(const ModelShape& shape, TensorStore& store, std::uint32_t index)
      : shape_(shape),
        a_(shape.architecture),
        store_(store),
        prefix_(shape.names.layer + std::to_string(index) + "."),
        layer_(shape.layers[index]) {
    if (layer_.head_dim != 0) a_.head_dim = layer_.head_dim;
    if (layer_.kv_heads != 0) a_.kv_heads = layer_.kv_heads;
    if (layer_.hidden_dim != 0) a_.hidden_dim = layer_.hidden_dim;
  }

  SourceLayer collect() {
    const TensorNames& n = shape_.names;
    SourceLayer layer{.attention_norm = optional_gain(n.attention_norm, a_.dim),
                      .wq = {},
                      .wk = {},
                      .wv = {},
                      .wo = {},
                      .ffn_norm = optional_gain(n.ffn_norm, a_.dim),
                      .w_gate = {},
                      .w_up = {},
                      .w_down = matrix(n.down, a_.dim, a_.hidden_dim),
                      .window = layer_.window,
                      .rotary = layer_.rotary};
    add_mixer(layer);
    add_feed_forward(layer);
    add_norms(layer);
    layer.b_down = bias(shape_.mlp_bias, n.down, a_.dim);
    layer.head_dim = layer_.head_dim;
    layer.kv_heads = layer_.kv_heads;
    layer.hidden_dim = layer_.hidden_dim;
    layer.cache_of = layer_.cache_of;
    layer.values_are_keys = layer_.values_are_keys;
    add_input(layer);
    return layer;
  }

 private:
  [[nodiscard]] std::string name(const char* part, const char* suffix) const {
    return prefix_ + part + suffix;
  }
  SourceMatrix matrix(const char* part, std::uint32_t rows, std::uint32_t columns) {
    const std::string full = name(part, ".weight");
    return shape_.inputs_as_rows ? store_.transposed(full, rows, columns)
                                 : store_.matrix(full, rows, columns);
  }
  std::optional<SourceVector> bias(bool there, const char* part, std::uint32_t length) {
    if (!there) return std::nullopt;
    return store_.vector(name(part, ".bias"), length);
  }
  SourceVector gain(const char* part, std::uint32_t length) {
    SourceVector vector = store_.vector(name(part, ".weight"), length);
    for (float& value : vector.values) value += shape_.gain_offset;
    return vector;
  }

  /// What the layer makes of its own input of each token.
  void add_input(SourceLayer& layer) {
    const TensorNames& n = shape_.names;
    if (shape_.output_scale) {
      layer.output_scale = store_.vector(name(n.output_scale, ""), 1).values[0];
    }
    if (a_.per_layer_dim == 0) return;
    layer.per_layer_gate = matrix(n.input_gate, a_.per_layer_dim, a_.dim);
    layer.per_layer_out = matrix(n.input_out, a_.dim, a_.per_layer_dim);
    layer.per_layer_norm = gain(n.input_norm, a_.dim);
  }

  /// A matrix without rows, for keys or values that the layer does not make itself. Checkpoints can
  /// have them where a layer reads another's cache.
  SourceMatrix none(const char* part) {
    const std::string full = name(part, ".weight");
    if (layer_.cache_of && store_.has(full)) (void)store_.take(full);
    return {.name = full,
            .rows = 0,
            .columns = a_.dim,
            .read_row = [](std::uint32_t /*row*/, std::span<float> /*out*/) {}};
  }

  void add_mixer(SourceLayer& layer) {
    const TensorNames& n = shape_.names;
    if (layer_.mixer == Mixer::gated_delta) return collect_delta(shape_, store_, prefix_, layer);
    const bool attends = layer_.mixer == Mixer::attention;
    Heads heads = attends ? attention_heads() : convolution_inputs();
    layer.wq = std::move(heads.q);
    layer.wk = std::move(heads.k);
    layer.wv = std::move(heads.v);
    layer.bq = std::move(heads.bq);
    layer.bk = std::move(heads.bk);
    layer.bv = std::move(heads.bv);
    if (attends) {
      if (shape_.gated_queries) split_gate(layer);
      layer.wo = attention_output();
      layer.bo = bias(shape_.output_bias, n.o, a_.dim);
      return;
    }
    layer.mixer = layer_.mixer;
    layer.wo = matrix(n.convolution_out, a_.dim, a_.dim);
    layer.bo = bias(shape_.convolution_bias, n.convolution_out, a_.dim);
    layer.taps = collect_taps(shape_, store_, name(n.taps, ".weight"), a_.dim);
    layer.taps_bias = bias(shape_.convolution_bias, n.taps, a_.dim);
  }

  /// From rows of queries and of the gate, head by head.
  void split_gate(SourceLayer& layer) const {
    const auto rows_from = [d = a_.head_dim](std::uint32_t part) {
      return [=](std::uint32_t row) { return (row / d * 2 + part) * d + row % d; };
    };
    layer.attended_gate = select_rows(layer.wq, a_.query_dim(), rows_from(1));
    layer.attended_gate->name += ", gates";
    layer.wq = select_rows(std::move(layer.wq), a_.query_dim(), rows_from(0));
    layer.wq.name += ", queries";
  }

  SourceMatrix attention_output() {
    const std::uint32_t stored = shape_.stored_head_dim;
    if (stored == 0) return matrix(shape_.names.o, a_.dim, a_.query_dim());
    return pad_head_columns(matrix(shape_.names.o, a_.dim, a_.heads * stored), stored, a_.head_dim);
  }

  Heads attention_heads() {
    Heads heads = shape_.fused_qkv ? fused_heads() : separate_heads();
    if (shape_.interleaved_heads) reorder(heads);
    return heads;
  }

  /// Rows of k, q and v in this order, which LFM2 calls B, C and x.
  Heads convolution_inputs() {
    const std::uint32_t d = a_.dim;
    const SourceMatrix all = matrix(shape_.names.convolution_in, 3 * d, d);
    Heads heads{.q = rows_of(all, d, d),
                .k = rows_of(all, 0, d),
                .v = rows_of(all, 2 * d, d),
                .bq = {},
                .bk = {},
                .bv = {}};
    if (const auto biases = bias(shape_.convolution_bias, shape_.names.convolution_in, 3 * d)) {
      heads.bq = part_of(*biases, d, d);
      heads.bk = part_of(*biases, 0, d);
      heads.bv = part_of(*biases, 2 * d, d);
    }
    return heads;
  }

  Heads padded_heads() {
    const TensorNames& n = shape_.names;
    const std::uint32_t stored = shape_.stored_head_dim;
    const auto padded = [&](const char* part, std::uint32_t heads) {
      return pad_head_rows(matrix(part, heads * stored, a_.dim), stored, a_.head_dim);
    };
    return {.q = padded(n.q, a_.heads),
            .k = padded(n.k, a_.kv_heads),
            .v = padded(n.v, a_.kv_heads),
            .bq = {},
            .bk = {},
            .bv = {}};
  }

  /// None if this kind of source has no tensor of that name.
  std::optional<SourceVector> optional_gain(const char* part, std::uint32_t length) {
    if (*part == '\0') return std::nullopt;
    return gain(part, length);
  }

  Heads separate_heads() {
    const TensorNames& n = shape_.names;
    if (shape_.stored_head_dim != 0) return padded_heads();
    const std::uint32_t parts = shape_.gated_queries ? 2 : 1;
    if (layer_.cache_of || layer_.values_are_keys) {
      return {.q = matrix(n.q, a_.query_dim(), a_.dim),
              .k = layer_.cache_of ? none(n.k) : matrix(n.k, a_.kv_dim(), a_.dim),
              .v = none(n.v),
              .bq = {},
              .bk = {},
              .bv = {}};
    }
    return {.q = matrix(n.q, parts * a_.query_dim(), a_.dim),
            .k = matrix(n.k, a_.kv_dim(), a_.dim),
            .v = matrix(n.v, a_.kv_dim(), a_.dim),
            .bq = bias(shape_.qkv_bias, n.q, a_.query_dim()),
            .bk = bias(shape_.qkv_bias, n.k, a_.kv_dim()),
            .bv = bias(shape_.qkv_bias, n.v, a_.kv_dim())};
  }

  Heads fused_heads() {
    const std::uint32_t q = a_.query_dim();
    const std::uint32_t kv = a_.kv_dim();
    SourceMatrix all = matrix(shape_.names.qkv, q + 2 * kv, a_.dim);
    if (shape_.fused_by_head) all = select_rows(std::move(all), q + 2 * kv, row_by_head());
    Heads heads{.q = rows_of(all, 0, q),
                .k = rows_of(all, q, kv),
                .v = rows_of(all, q + kv, kv),
                .bq = {},
                .bk = {},
                .bv = {}};
    if (auto biases = bias(shape_.qkv_bias, shape_.names.qkv, q + 2 * kv)) {
      if (shape_.fused_by_head) reorder(*biases, row_by_head());
      heads.bq = part_of(*biases, 0, q);
      heads.bk = part_of(*biases, q, kv);
      heads.bv = part_of(*biases, q + kv, kv);
    }
    return heads;
  }

  /// All q, then all k, then all v: the row of each where the three parts of a head are stacked.
  [[nodiscard]] std::function<std::uint32_t(std::uint32_t)> row_by_head() const {
    return [heads = a_.heads, d = a_.head_dim](std::uint32_t row) {
      const std::uint32_t part = row / (heads * d);
      const std::uint32_t head = row / d % heads;
      return (head * 3 + part) * d + row % d;
    };
  }

  static void reorder(SourceVector& vector,
                      const std::function<std::uint32_t(std::uint32_t)>& source_row) {
    const std::vector<float> source = vector.values;
    for (std::uint32_t i = 0; i < source.size(); ++i) vector.values[i] = source[source_row(i)];
  }

  void reorder(Heads& heads) const {
    const auto order = [a = a_](std::uint32_t row) { return interleaved_row(row, a); };
    heads.q = select_rows(std::move(heads.q), a_.query_dim(), order);
    heads.k = select_rows(std::move(heads.k), a_.kv_dim(), order);
    if (heads.bq) reorder(*heads.bq, order);
    if (heads.bk) reorder(*heads.bk, order);
  }

  void add_feed_forward(SourceLayer& layer) {
    const TensorNames& n = shape_.names;
    const std::uint32_t hidden = a_.hidden_dim;
    if (shape_.fused_gate_up) {
      const SourceMatrix both = matrix(n.gate_up, 2 * hidden, a_.dim);
      layer.w_gate = rows_of(both, 0, hidden);
      layer.w_up = rows_of(both, hidden, hidden);
      return;
    }
    if (shape_.gated) {
      layer.w_gate = matrix(n.gate, hidden, a_.dim);
      layer.b_gate = bias(shape_.mlp_bias, n.gate, hidden);
    }
    layer.w_up = matrix(n.up, hidden, a_.dim);
    layer.b_up = bias(shape_.mlp_bias, n.up, hidden);
  }

  void add_norms(SourceLayer& layer) {
    const TensorNames& n = shape_.names;
    layer.attention_norm_bias = bias(shape_.norm_bias, n.attention_norm, a_.dim);
    layer.ffn_norm_bias = bias(shape_.norm_bias, n.ffn_norm, a_.dim);
    if (shape_.qk_norm && layer_.mixer == Mixer::attention) {
      layer.q_norm = gain(n.q_norm, a_.head_dim);
      if (!layer_.cache_of) {
        layer.k_norm = gain(n.k_norm, a_.head_dim);
      } else if (store_.has(name(n.k_norm, ".weight"))) {
        (void)store_.take(name(n.k_norm, ".weight"));
      }
    }
    if (shape_.value_norm && !layer_.cache_of) {
      layer.v_norm = SourceVector{name("v_norm", ""), std::vector<float>(a_.head_dim, 1.0F)};
    }
    layer.attended_norm = optional_gain(n.attended_norm, a_.query_dim());
    layer.hidden_norm = optional_gain(n.hidden_norm, a_.hidden_dim);
    if (shape_.qk_norm_of_all) {
      layer.all_q_norm = gain(n.q_norm, a_.query_dim());
      layer.all_k_norm = gain(n.k_norm, a_.kv_dim());
      // The gains take back what cosines and sines will multiply.
      if (shape_.unscaled_windows && layer_.rotary == Rotary::local) {
        for (auto* gains : {&layer.all_q_norm, &layer.all_k_norm}) {
          for (float& value : (*gains)->values) value /= a_.rotary_scale;
        }
      }
    }
    if (shape_.post_norms) {
      layer.post_attention_norm = gain(n.post_attention_norm, a_.dim);
      layer.post_ffn_norm = gain(n.post_ffn_norm, a_.dim);
    }
  }

  const ModelShape& shape_;
  Architecture a_;  // with the sizes of the layer
  TensorStore& store_;
  std::string prefix_;
  LayerShape layer_;
};

/// A tied matrix can be stored under either name or both; if both, the embedding is used.
SourceMatrix collect_embedding(const ModelShape& shape, TensorStore& store) {
  const Architecture& a = shape.architecture;
  const std::string embedding = std::string(shape.names.embedding) + ".weight";
  const std::string head = std::string(shape.names.lm_head) + ".weight";
  if (a.tied_embedding && !store.has(embedding) && store.has(head)) {
    return store.matrix(head, a.vocab_size, a.dim);
  }
  if (a.tied_embedding && store.has(head)) store.take(head);
  return store.matrix(embedding, a.vocab_size, a.dim);
}

/// Gemma multiplies what the table has by the root of its width, and the sum of both parts by 1/√2.
/// A product divided by the root of `dim` has the same norm with an epsilon that is `dim` times as
/// large.
void collect_layer_inputs(const ModelShape& shape, TensorStore& store, SourceModel& model) {
  const Architecture& a = shape.architecture;
  const TensorNames& n = shape.names;
  const std::uint32_t all = a.layers * a.per_layer_dim;
  const auto weight = [](const char* name) { return std::string(name) + ".weight"; };
  model.per_layer_embedding = store.matrix(weight(n.per_layer_embedding), a.vocab_size, all);
  model.per_layer_projection = store.matrix(weight(n.per_layer_projection), all, a.dim);
  model.per_layer_norm = store.vector(weight(n.per_layer_norm), a.per_layer_dim);
  const double half = std::sqrt(0.5);
  for (float& value : model.per_layer_norm->values) value = static_cast<float>(value * half);
  model.per_layer_scale =
      static_cast<float>(std::sqrt(static_cast<double>(a.per_layer_dim)) * half);
  model.per_layer_epsilon = static_cast<float>(double{a.norm_epsilon} * static_cast<double>(a.dim));
}

}  // namespace

SourceModel collect_tensors(const ModelShape& shape, TensorStore& store, std::string name,
                            std::string source) {
  const Architecture& a = shape.architecture;
  const TensorNames& n = shape.names;
  SourceModel model{.family = shape.family,
                    .name = std::move(name),
                    .source = std::move(source),
                    .licence = {},
                    .architecture = a,
                    .rotary = shape.rotary,
                    .embedding = collect_embedding(shape, store),
                    .layers = {},
                    .final_norm = store.vector(std::string(n.final_norm) + ".weight", a.dim),
                    .lm_head = {},
                    .tokenizer = {},
                    .sampling = {},
                    .local_rotary = shape.local_rotary,
                    .long_rotary = shape.long_rotary,
                    .long_above = shape.long_above};
  for (float& value : model.final_norm.values) {
    value = (value + shape.gain_offset) / shape.logit_divisor;
  }
  if (shape.norm_bias) {
    model.final_norm_bias = store.vector(std::string(n.final_norm) + ".bias", a.dim);
  }
  if (a.learned_positions != 0) {
    model.positions =
        store.matrix(std::string(n.positions) + ".weight", a.learned_positions, a.dim);
  }
  if (a.per_layer_dim != 0) collect_layer_inputs(shape, store, model);
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    model.layers.push_back(LayerCollector(shape, store, i).collect());
  }
  if (!a.tied_embedding) {
    model.lm_head = store.matrix(std::string(n.lm_head) + ".weight", a.vocab_size, a.dim);
  }
  if (shape.head_bias) {
    model.lm_head_bias = store.vector(std::string(n.lm_head) + ".bias", a.vocab_size);
  }
  store.finish();
  return model;
}

}  // namespace ringlet::convert
