#include "support/reference_weights.hpp"

#include <cmath>
#include <cstring>
#include <utility>

#include "schema/ringlet_generated.h"

namespace ringlet::test {
namespace {

reference::Matrix read_matrix(const convert::SourceMatrix& source) {
  reference::Matrix matrix{source.rows, source.columns, {}};
  std::vector<float> row(source.columns);
  for (std::uint32_t n = 0; n < source.rows; ++n) {
    source.read_row(n, row);
    matrix.values.insert(matrix.values.end(), row.begin(), row.end());
  }
  return matrix;
}

std::vector<double> read_vector(const convert::SourceVector& source) {
  return {source.values.begin(), source.values.end()};
}

std::vector<double> read_vector(const std::optional<convert::SourceVector>& source) {
  return source ? read_vector(*source) : std::vector<double>{};
}

reference::Matrix read_matrix(const std::optional<convert::SourceMatrix>& source) {
  return source ? read_matrix(*source) : reference::Matrix{};
}

std::vector<double> decode_vector(const Model& model, const schema::Vector* vector) {
  if (vector == nullptr) return {};
  std::vector<float> values(vector->length());
  std::memcpy(values.data(), model.data().data() + vector->offset(), values.size() * sizeof(float));
  return {values.begin(), values.end()};
}

void copy_shape(const Architecture& a, reference::Weights& weights) {
  weights.heads = a.heads;
  weights.kv_heads = a.kv_heads;
  weights.head_dim = a.head_dim;
  weights.norm_epsilon = a.norm_epsilon;
  weights.attention_scale = a.attention_scale;
  weights.layer_norm = a.norm == NormKind::layer;
  weights.activation = static_cast<reference::Activation>(a.activation);
  weights.embedding_scale = a.embedding_scale;
  weights.attention_softcap = a.attention_softcap;
  weights.logit_softcap = a.logit_softcap;
  weights.rotary_scale = a.rotary_scale;
  weights.residual_scale = a.residual_scale;
  weights.parallel_blocks = a.parallel_blocks;
  weights.norm_after_rotary = a.norm_after_rotary;
  weights.state_heads = a.state_heads;
  weights.state_key_heads = a.state_key_heads;
  weights.state_head_dim = a.state_head_dim;
  weights.state_key_dim = a.state_key_dim;
  weights.query_growth = a.query_growth;
  if (a.query_growth_length != 0) weights.query_growth_length = a.query_growth_length;
}

/// Rows from `first` to the end of `rows`.
reference::Matrix rows_of(const reference::Matrix& all, std::size_t first, std::size_t rows) {
  if (all.rows == 0) return {};
  const auto begin = all.values.begin() + static_cast<std::ptrdiff_t>(first * all.columns);
  return {rows, all.columns, {begin, begin + static_cast<std::ptrdiff_t>(rows * all.columns)}};
}

/// What is only in gated layers, from a matrix with the gates of the state.
void add_gates(const reference::Matrix& gates, reference::Layer& layer) {
  layer.state_beta = rows_of(gates, 0, gates.rows / 2);
  layer.state_step = rows_of(gates, gates.rows / 2, gates.rows / 2);
}

std::vector<double> frequencies(const convert::SourceRotary& rotary, std::uint32_t rotary_dim) {
  std::vector<double> list(rotary_dim / 2);
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i] = std::pow(rotary.theta, -2.0 * static_cast<double>(i) / rotary_dim);
    if (!rotary.factors.empty()) list[i] /= rotary.factors[i];
  }
  return list;
}

std::vector<double> frequencies(const convert::SourceModel& source,
                                const convert::SourceLayer& layer) {
  if (layer.rotary == Rotary::none) return {};
  return frequencies(layer.rotary == Rotary::local ? *source.local_rotary : source.rotary,
                     convert::with_sizes_of(source.architecture, layer).rotary_dim);
}

/// The integer behind row n, column k of a packed matrix, from the description of the two layouts.
int packed_code(const std::byte* codes, bool int4, std::size_t n, std::size_t k,
                std::size_t groups) {
  const std::size_t block = (n / 16) * groups + k / 32;
  const std::size_t r = n % 16;
  const std::size_t kk = k % 32;
  if (int4) {
    const std::size_t at = block * 256 + r / 4 * 64 + kk % 16 / 4 * 16 + r % 4 * 4 + kk % 4;
    const int both = std::to_integer<int>(codes[at]);
    return (kk < 16 ? both % 16 : both / 16) - 8;
  }
  const std::size_t at = block * 512 + r / 4 * 128 + kk / 4 * 16 + r % 4 * 4 + kk % 4;
  const int byte = std::to_integer<int>(codes[at]);
  return byte < 128 ? byte : byte - 256;
}

/// The same where a group of a row follows the other.
int row_code(const std::byte* codes, bool int4, std::size_t group, std::size_t kk) {
  if (!int4) {
    const int byte = std::to_integer<int>(codes[group * 32 + kk]);
    return byte < 128 ? byte : byte - 256;
  }
  const int both = std::to_integer<int>(codes[group * 16 + kk % 16]);
  return (kk < 16 ? both % 16 : both / 16) - 8;
}

}  // namespace

double half_value(std::uint16_t half) {
  const double sign = half & 0x8000U ? -1.0 : 1.0;
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  if (exponent < 31) return sign * std::ldexp(1024 + mantissa, exponent - 25);
  return mantissa == 0 ? sign * HUGE_VAL : std::nan("");
}

reference::Matrix decode_matrix(const Model& model, const schema::Matrix& matrix) {
  reference::Matrix out{matrix.rows(), matrix.columns(), {}};
  out.values.reserve(out.rows * out.columns);
  const std::byte* codes = model.data().data() + matrix.codes_offset();
  const std::byte* scales = model.data().data() + matrix.scales_offset();
  const std::size_t groups = (out.columns + 31) / 32;
  for (std::size_t n = 0; n < out.rows; ++n) {
    for (std::size_t k = 0; k < out.columns; ++k) {
      if (matrix.format() == schema::MatrixFormat::f16) {
        std::uint16_t half = 0;
        std::memcpy(&half, codes + (n * out.columns + k) * sizeof(half), sizeof(half));
        out.values.push_back(half_value(half));
        continue;
      }
      if (matrix.format() == schema::MatrixFormat::f32) {
        float value = 0;
        std::memcpy(&value, codes + (n * out.columns + k) * sizeof(float), sizeof(float));
        out.values.push_back(value);
        continue;
      }
      const bool int4 = matrix.format() == schema::MatrixFormat::int4;
      std::uint16_t scale = 0;
      const bool int4_rows = matrix.format() == schema::MatrixFormat::int4_rows;
      if (int4_rows || matrix.format() == schema::MatrixFormat::int8_rows) {
        const std::size_t group = n * groups + k / 32;
        std::memcpy(&scale, scales + 2 * group, sizeof(scale));
        out.values.push_back(row_code(codes, int4_rows, group, k % 32) * half_value(scale));
        continue;
      }
      std::memcpy(&scale, scales + 2 * ((n / 16 * groups + k / 32) * 16 + n % 16), sizeof(scale));
      out.values.push_back(packed_code(codes, int4, n, k, groups) * half_value(scale));
    }
  }
  return out;
}

reference::Weights weights_of(const convert::SourceModel& source) {
  reference::Weights weights;
  copy_shape(source.architecture, weights);
  weights.embedding = read_matrix(source.embedding);
  weights.positions = read_matrix(source.positions);
  for (const auto& l : source.layers) {
    weights.layers.push_back({.attention_norm = read_vector(l.attention_norm),
                              .attention_norm_bias = read_vector(l.attention_norm_bias),
                              .wq = read_matrix(l.wq),
                              .wk = read_matrix(l.wk),
                              .wv = read_matrix(l.wv),
                              .wo = read_matrix(l.wo),
                              .bq = read_vector(l.bq),
                              .bk = read_vector(l.bk),
                              .bv = read_vector(l.bv),
                              .bo = read_vector(l.bo),
                              .q_norm = read_vector(l.q_norm),
                              .k_norm = read_vector(l.k_norm),
                              .all_q_norm = read_vector(l.all_q_norm),
                              .all_k_norm = read_vector(l.all_k_norm),
                              .attended_norm = read_vector(l.attended_norm),
                              .hidden_norm = read_vector(l.hidden_norm),
                              .post_attention_norm = read_vector(l.post_attention_norm),
                              .ffn_norm = read_vector(l.ffn_norm),
                              .ffn_norm_bias = read_vector(l.ffn_norm_bias),
                              .w_gate = read_matrix(l.w_gate),
                              .w_up = read_matrix(l.w_up),
                              .w_down = read_matrix(l.w_down),
                              .b_gate = read_vector(l.b_gate),
                              .b_up = read_vector(l.b_up),
                              .b_down = read_vector(l.b_down),
                              .post_ffn_norm = read_vector(l.post_ffn_norm),
                              .taps = read_vector(l.taps),
                              .taps_bias = read_vector(l.taps_bias),
                              .attended_gate = read_matrix(l.attended_gate),
                              .state_beta = {},
                              .state_step = {},
                              .decay = read_vector(l.decay),
                              .step_bias = read_vector(l.step_bias),
                              .state_norm = read_vector(l.state_norm),
                              .v_norm = read_vector(l.v_norm),
                              .per_layer_gate = read_matrix(l.per_layer_gate),
                              .per_layer_out = read_matrix(l.per_layer_out),
                              .per_layer_norm = read_vector(l.per_layer_norm),
                              .output_scale = l.output_scale,
                              .head_dim = l.head_dim,
                              .kv_heads = l.kv_heads,
                              .cache_of = l.cache_of ? *l.cache_of : SIZE_MAX,
                              .values_are_keys = l.values_are_keys,
                              .window = l.window,
                              .frequencies = frequencies(source, l)});
    add_gates(read_matrix(l.state_gates), weights.layers.back());
  }
  weights.final_norm = read_vector(source.final_norm);
  weights.final_norm_bias = read_vector(source.final_norm_bias);
  weights.head_bias = read_vector(source.lm_head_bias);
  weights.per_layer_embedding = read_matrix(source.per_layer_embedding);
  weights.per_layer_projection = read_matrix(source.per_layer_projection);
  weights.per_layer_norm = read_vector(source.per_layer_norm);
  weights.per_layer_scale = source.per_layer_scale;
  weights.per_layer_epsilon = source.per_layer_epsilon;
  weights.head = source.lm_head ? read_matrix(*source.lm_head) : weights.embedding;
  return weights;
}

reference::Weights weights_of(const Model& model) {
  const schema::Model& tables = *model.tables();
  const Architecture& a = model.architecture();
  const auto matrix = [&](const schema::Matrix* m) { return decode_matrix(model, *m); };
  const auto vector = [&](const schema::Vector* v) { return decode_vector(model, v); };
  reference::Weights weights;
  copy_shape(a, weights);
  weights.embedding = matrix(tables.embedding());
  const std::vector<double> turning =
      frequencies({.theta = tables.architecture()->rope_theta()}, a.rotary_dim);
  for (const auto* l : *tables.layers()) {
    reference::Layer layer;
    layer.attention_norm = vector(l->attention_norm());
    layer.wq = matrix(l->wq());
    layer.wk = matrix(l->wk());
    layer.wv = matrix(l->wv());
    layer.wo = matrix(l->wo());
    layer.ffn_norm = vector(l->ffn_norm());
    layer.w_gate = matrix(l->w_gate());
    layer.w_up = matrix(l->w_up());
    layer.w_down = matrix(l->w_down());
    layer.taps = vector(l->taps());
    layer.taps_bias = vector(l->taps_bias());
    if (l->attended_gate() != nullptr) layer.attended_gate = matrix(l->attended_gate());
    if (l->state_gates() != nullptr) add_gates(matrix(l->state_gates()), layer);
    layer.decay = vector(l->decay());
    layer.step_bias = vector(l->step_bias());
    layer.state_norm = vector(l->state_norm());
    layer.window = l->window();
    layer.post_attention_norm = vector(l->post_attention_norm());
    layer.post_ffn_norm = vector(l->post_ffn_norm());
    layer.q_norm = vector(l->q_norm());
    layer.k_norm = vector(l->k_norm());
    layer.v_norm = vector(l->v_norm());
    if (l->per_layer_gate() != nullptr) {
      layer.per_layer_gate = matrix(l->per_layer_gate());
      layer.per_layer_out = matrix(l->per_layer_out());
      layer.per_layer_norm = vector(l->per_layer_norm());
    }
    layer.output_scale = l->output_scale();
    layer.head_dim = l->head_dim();
    layer.kv_heads = l->kv_heads();
    if (l->cache_of() >= 0) layer.cache_of = static_cast<std::size_t>(l->cache_of());
    layer.values_are_keys = l->values_are_keys();
    layer.frequencies =
        l->rotary() == schema::Rotary::local
            ? frequencies({.theta = tables.architecture()->rope_theta()}, a.local_rotary_dim)
            : turning;
    weights.layers.push_back(std::move(layer));
  }
  weights.final_norm = vector(tables.final_norm());
  if (tables.per_layer_embedding() != nullptr) {
    weights.per_layer_embedding = matrix(tables.per_layer_embedding());
    weights.per_layer_projection = matrix(tables.per_layer_projection());
    weights.per_layer_norm = vector(tables.per_layer_norm());
    weights.per_layer_scale = tables.architecture()->per_layer_scale();
    weights.per_layer_epsilon = tables.architecture()->per_layer_epsilon();
  }
  weights.head = tables.lm_head() != nullptr ? matrix(tables.lm_head()) : weights.embedding;
  return weights;
}

}  // namespace ringlet::test
