#include "reference/transformer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace reference {
namespace {

using Vector = std::vector<double>;

/// matrix · x + bias.
Vector linear(const Matrix& matrix, const Vector& x, const Vector& bias = {}) {
  Vector y(matrix.rows, 0.0);
  for (std::size_t n = 0; n < matrix.rows; ++n) {
    for (std::size_t k = 0; k < matrix.columns; ++k) {
      y[n] += matrix.values[n * matrix.columns + k] * x[k];
    }
    if (!bias.empty()) y[n] += bias[n];
  }
  return y;
}

Vector row_of(const Matrix& matrix, std::size_t row) {
  const auto begin = matrix.values.begin() + static_cast<std::ptrdiff_t>(row * matrix.columns);
  return {begin, begin + static_cast<std::ptrdiff_t>(matrix.columns)};
}

Vector rms_norm(const Vector& x, const Vector& gain, double epsilon) {
  double squares = 0;
  for (double value : x) squares += value * value;
  const double factor = 1.0 / std::sqrt(squares / static_cast<double>(x.size()) + epsilon);
  Vector y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * factor * gain[i];
  return y;
}

void add(const Vector& x, Vector& y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += x[i];
}

double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::silu:
      return x / (1.0 + std::exp(-x));
    case Activation::gelu_tanh:
      return 0.5 * x *
             (1.0 + std::tanh(std::sqrt(2.0 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
    case Activation::gelu_erf:
      return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case Activation::relu_squared:
      return x > 0 ? x * x : 0;
  }
  return 0;
}

double soft_cap(double x, double cap) { return cap == 0 ? x : cap * std::tanh(x / cap); }

}  // namespace

Transformer::Transformer(Weights weights, std::size_t sinks, std::size_t window)
    : weights_(std::move(weights)),
      sinks_(sinks),
      window_(window),
      history_(weights_.layers.size()) {}

std::vector<double> Transformer::forward(std::uint32_t token) {
  Vector x = embed(token);
  const Vector inputs = layer_inputs(token, x);
  for (std::size_t l = 0; l < weights_.layers.size(); ++l) {
    const Layer& layer = weights_.layers[l];
    remember(layer, l, norm(x, layer.attention_norm, layer.attention_norm_bias));
    Vector attended = linear(layer.wo, attention(layer, l), layer.bo);
    if (!layer.post_attention_norm.empty())
      attended = norm(attended, layer.post_attention_norm, {});
    for (double& value : attended) value *= weights_.residual_scale;
    Vector before = x;
    add(attended, x);
    if (!weights_.parallel_blocks) before = x;
    Vector fed = feed_forward(layer, norm(before, layer.ffn_norm, layer.ffn_norm_bias));
    if (!layer.post_ffn_norm.empty()) fed = norm(fed, layer.post_ffn_norm, {});
    for (double& value : fed) value *= weights_.residual_scale;
    add(fed, x);
    if (!inputs.empty()) add_input(layer, inputs.data() + l * layer.per_layer_gate.rows, x);
    for (double& value : x) value *= layer.output_scale;
  }
  ++position_;
  Vector logits = linear(weights_.head, norm(x, weights_.final_norm, weights_.final_norm_bias));
  add(weights_.head_bias, logits);
  for (double& logit : logits) logit = soft_cap(logit, weights_.logit_softcap);
  return logits;
}

Vector Transformer::embed(std::uint32_t token) const {
  Vector x = row_of(weights_.embedding, token);
  for (double& value : x) value *= weights_.embedding_scale;
  if (weights_.positions.rows > 0) add(row_of(weights_.positions, position_), x);
  return x;
}

Vector Transformer::layer_inputs(std::uint32_t token, const Vector& embedding) const {
  if (weights_.per_layer_embedding.rows == 0) return {};
  Vector inputs = row_of(weights_.per_layer_embedding, token);
  for (double& value : inputs) value *= weights_.per_layer_scale;
  const Vector projected = linear(weights_.per_layer_projection, embedding);
  const auto n = static_cast<std::ptrdiff_t>(weights_.per_layer_norm.size());
  Vector all;
  for (auto at = projected.begin(); at != projected.end(); at += n) {
    const Vector one = rms_norm({at, at + n}, weights_.per_layer_norm, weights_.per_layer_epsilon);
    all.insert(all.end(), one.begin(), one.end());
  }
  add(all, inputs);
  return inputs;
}

void Transformer::add_input(const Layer& layer, const double* input, Vector& x) const {
  Vector gate = linear(layer.per_layer_gate, x);
  for (double& value : gate) value = activate(weights_.activation, value) * *input++;
  add(norm(linear(layer.per_layer_out, gate), layer.per_layer_norm, {}), x);
}

/// LayerNorm is RMSNorm after subtracting the mean. Without a gain there is no norm.
Vector Transformer::norm(const Vector& x, const Vector& gain, const Vector& bias) const {
  if (gain.empty()) return x;
  Vector centered = x;
  if (weights_.layer_norm) {
    double mean = 0;
    for (double value : x) mean += value / static_cast<double>(x.size());
    for (double& value : centered) value -= mean;
  }
  Vector y = rms_norm(centered, gain, weights_.norm_epsilon);
  add(bias, y);
  return y;
}

Vector Transformer::head_norms(Vector heads, const Vector& gain) const {
  if (gain.empty()) return heads;
  Vector out;
  for (auto begin = heads.begin(); begin != heads.end();) {
    const auto end = begin + static_cast<std::ptrdiff_t>(gain.size());
    const Vector one = rms_norm({begin, end}, gain, weights_.norm_epsilon);
    out.insert(out.end(), one.begin(), one.end());
    begin = end;
  }
  return out;
}

void Transformer::remember(const Layer& layer, std::size_t index, const Vector& x) {
  const bool after = weights_.norm_after_rotary;
  const auto normed = [&](const Vector& heads, const Vector& each, const Vector& all) {
    const Vector one = after ? heads : head_norms(heads, each);
    return all.empty() ? one : rms_norm(one, all, weights_.norm_epsilon);
  };
  history_[index].q.push_back(
      normed(linear(layer.wq, x, layer.bq), layer.q_norm, layer.all_q_norm));
  history_[index].x.push_back(x);
  if (layer.cache_of != SIZE_MAX) return;
  const Vector keys = linear(layer.wk, x, layer.bk);
  history_[index].k.push_back(normed(keys, layer.k_norm, layer.all_k_norm));
  history_[index].v.push_back(
      head_norms(layer.values_are_keys ? keys : linear(layer.wv, x, layer.bv), layer.v_norm));
}

Vector Transformer::feed_forward(const Layer& layer, const Vector& x) const {
  Vector hidden = linear(layer.w_up, x, layer.b_up);
  if (layer.w_gate.rows == 0) {
    for (double& value : hidden) value = activate(weights_.activation, value);
  } else {
    const Vector gate = linear(layer.w_gate, x, layer.b_gate);
    for (std::size_t i = 0; i < gate.size(); ++i) {
      hidden[i] *= activate(weights_.activation, gate[i]);
    }
  }
  if (!layer.hidden_norm.empty()) {
    hidden = rms_norm(hidden, layer.hidden_norm, weights_.norm_epsilon);
  }
  return linear(layer.w_down, hidden, layer.b_down);
}

/// q ⊙ conv(k ⊙ v), where nothing is before the text.
Vector Transformer::convolution(const Layer& layer, std::size_t index) const {
  const History& past = history_[index];
  const std::size_t channels = past.q[position_].size();
  const std::size_t taps = layer.taps.size() / channels;
  Vector out = layer.taps_bias.empty() ? Vector(channels, 0.0) : layer.taps_bias;
  for (std::size_t j = 0; j < taps; ++j) {
    if (position_ + j + 1 < taps) continue;
    const std::size_t p = position_ + j + 1 - taps;
    for (std::size_t c = 0; c < channels; ++c) {
      out[c] += layer.taps[j * channels + c] * past.k[p][c] * past.v[p][c];
    }
  }
  for (std::size_t c = 0; c < channels; ++c) out[c] *= past.q[position_][c];
  return out;
}

/// q, k and v of a position after convolution and SiLU.
Vector Transformer::convolved(const Layer& layer, std::size_t index, std::size_t position) const {
  const History& past = history_[index];
  const auto all_at = [&](std::size_t p) {
    Vector all = past.q[p];
    all.insert(all.end(), past.k[p].begin(), past.k[p].end());
    all.insert(all.end(), past.v[p].begin(), past.v[p].end());
    return all;
  };
  Vector out(all_at(position).size(), 0.0);
  const std::size_t taps = layer.taps.size() / out.size();
  for (std::size_t j = 0; j < taps && j <= position; ++j) {
    const Vector all = all_at(position - j);
    for (std::size_t c = 0; c < out.size(); ++c) {
      out[c] += layer.taps[(taps - 1 - j) * out.size() + c] * all[c];
    }
  }
  for (double& value : out) value = activate(Activation::silu, value);
  return out;
}

// As the public recurrent reference of Qwen3-Next and Qwen3.5 computes it, token by token.
Vector Transformer::gated_delta(const Layer& layer, std::size_t index) {
  const Weights& w = weights_;
  const std::size_t keys = w.state_key_dim;
  const std::size_t values = w.state_head_dim;
  const Vector all = convolved(layer, index, position_);
  const Vector& x = history_[index].x[position_];
  const Vector beta = linear(layer.state_beta, x);
  const Vector step = linear(layer.state_step, x, layer.step_bias);
  const Vector gate = linear(layer.attended_gate, x);
  Vector& states = history_[index].states;
  states.resize(w.state_heads * keys * values, 0.0);
  const auto unit = [&](std::size_t first) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    Vector part(begin, begin + static_cast<std::ptrdiff_t>(keys));
    double squares = 1e-6;
    for (const double value : part) squares += value * value;
    for (double& value : part) value /= std::sqrt(squares);
    return part;
  };
  Vector out;
  for (std::size_t h = 0; h < w.state_heads; ++h) {
    const std::size_t key_head = h / (w.state_heads / w.state_key_heads);
    const Vector q = unit(key_head * keys);
    const Vector k = unit((w.state_key_heads + key_head) * keys);
    const double* v = all.data() + 2 * w.state_key_heads * keys + h * values;
    const double left = std::exp(layer.decay[h] * std::log1p(std::exp(step[h])));
    double* state = states.data() + h * keys * values;
    Vector read(values, 0.0);
    for (std::size_t j = 0; j < values; ++j) {
      double known = 0;
      for (std::size_t i = 0; i < keys; ++i) known += (state[i * values + j] *= left) * k[i];
      const double change = (v[j] - known) / (1 + std::exp(-beta[h]));
      for (std::size_t i = 0; i < keys; ++i) {
        state[i * values + j] += k[i] * change;
        read[j] += state[i * values + j] * q[i] / std::sqrt(static_cast<double>(keys));
      }
    }
    const Vector one = rms_norm(read, layer.state_norm, w.norm_epsilon);
    for (std::size_t j = 0; j < values; ++j) {
      out.push_back(one[j] * activate(Activation::silu, gate[h * values + j]));
    }
  }
  return out;
}

Vector Transformer::attention(const Layer& layer, std::size_t index) {
  if (!layer.decay.empty()) return gated_delta(layer, index);
  if (!layer.taps.empty()) return convolution(layer, index);
  Vector out;
  for (std::size_t head = 0; head < weights_.heads; ++head) {
    const Vector one = head_attention(layer, index, head);
    out.insert(out.end(), one.begin(), one.end());
  }
  if (layer.attended_gate.rows > 0) {
    const Vector gate = linear(layer.attended_gate, history_[index].x[position_]);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] /= 1 + std::exp(-gate[i]);
  }
  return layer.attended_norm.empty() ? out
                                     : rms_norm(out, layer.attended_norm, weights_.norm_epsilon);
}

// A layer with its own window has no sinks. The query reads sink keys as if it were no further than
// the end of the first window, and all others from its true position.
Vector Transformer::head_attention(const Layer& layer, std::size_t index, std::size_t head) const {
  const std::size_t sinks = layer.window > 0 ? 0 : sinks_;
  const std::size_t window = layer.window > 0 ? std::min(layer.window, sinks_ + window_) : window_;
  const std::size_t kv_heads = layer.kv_heads != 0 ? layer.kv_heads : weights_.kv_heads;
  const std::size_t kv_head = head / (weights_.heads / kv_heads);
  const std::size_t dim = head_dim(layer);
  const bool reads_other = layer.cache_of != SIZE_MAX;
  const Layer& owner = reads_other ? weights_.layers[layer.cache_of] : layer;
  const History& past = history_[reads_other ? layer.cache_of : index];
  const std::size_t p = position_;
  const std::size_t last = std::min(p, sinks + window - 1);
  const Vector& own = history_[index].q[p];
  Vector query = rotated(layer, own, layer.q_norm, head, p);
  Vector sink_query = rotated(layer, own, layer.q_norm, head, last);
  const std::size_t grown = layer.window > 0 ? p : last;
  const double lengths = std::floor(static_cast<double>(grown / weights_.query_growth_length));
  const double growth = 1 + weights_.query_growth * std::log(1 + lengths);
  for (double& value : query) value *= growth;
  for (double& value : sink_query) value *= growth;

  std::vector<std::size_t> seen;
  for (std::size_t j = 0; j < std::min(p + 1, sinks); ++j) seen.push_back(j);
  const std::size_t oldest = p + 1 > window ? p + 1 - window : 0;
  for (std::size_t j = std::max(sinks, oldest); j <= p; ++j) seen.push_back(j);

  Vector scores;
  for (std::size_t j : seen) {
    const Vector key = rotated(owner, past.k[j], owner.k_norm, kv_head, j);
    const Vector& q = j < sinks ? sink_query : query;
    double dot = 0;
    for (std::size_t i = 0; i < dim; ++i) dot += q[i] * key[i];
    scores.push_back(soft_cap(dot * weights_.attention_scale, weights_.attention_softcap));
  }
  const double maximum = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - maximum);
  Vector out(dim, 0.0);
  for (std::size_t s = 0; s < seen.size(); ++s) {
    for (std::size_t i = 0; i < dim; ++i) {
      out[i] += scores[s] / sum * past.v[seen[s]][kv_head * dim + i];
    }
  }
  return out;
}

/// One head's part of a vector of heads, rotated to a position: dimension i pairs with i + half of
/// the rotated dimensions. A norm after rotation has this gain.
Vector Transformer::rotated(const Layer& layer, const Vector& heads, const Vector& gain,
                            std::size_t head, std::size_t position) const {
  const auto begin = heads.begin() + static_cast<std::ptrdiff_t>(head * head_dim(layer));
  Vector out(begin, begin + static_cast<std::ptrdiff_t>(head_dim(layer)));
  const std::size_t pairs = layer.frequencies.size();
  for (std::size_t i = 0; i < pairs; ++i) {
    const double angle = static_cast<double>(position) * layer.frequencies[i];
    const double c = std::cos(angle) * weights_.rotary_scale;
    const double s = std::sin(angle) * weights_.rotary_scale;
    const double a = out[i];
    const double b = out[i + pairs];
    out[i] = a * c - b * s;
    out[i + pairs] = a * s + b * c;
  }
  return weights_.norm_after_rotary ? head_norms(out, gain) : out;
}

}  // namespace reference
