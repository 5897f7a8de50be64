#include "reference/transformer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace reference {
namespace {

using Vector = std::vector<double>;

Vector multiply(const Matrix& matrix, const Vector& x) {
  Vector y(matrix.rows, 0.0);
  for (std::size_t n = 0; n < matrix.rows; ++n) {
    for (std::size_t k = 0; k < matrix.columns; ++k) {
      y[n] += matrix.values[n * matrix.columns + k] * x[k];
    }
  }
  return y;
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

Vector feed_forward(const Layer& layer, const Vector& x) {
  Vector gate = multiply(layer.w_gate, x);
  const Vector up = multiply(layer.w_up, x);
  for (std::size_t i = 0; i < gate.size(); ++i) gate[i] *= up[i] / (1.0 + std::exp(-gate[i]));
  return multiply(layer.w_down, gate);
}

}  // namespace

Transformer::Transformer(Weights weights, std::size_t pinned, std::size_t window)
    : weights_(std::move(weights)),
      pinned_(pinned),
      window_(window),
      history_(weights_.layers.size()) {}

std::vector<double> Transformer::forward(std::uint32_t token) {
  const auto row = weights_.embedding.values.begin() +
                   static_cast<std::ptrdiff_t>(token * weights_.embedding.columns);
  Vector x(row, row + static_cast<std::ptrdiff_t>(weights_.embedding.columns));
  for (std::size_t l = 0; l < weights_.layers.size(); ++l) {
    const Layer& layer = weights_.layers[l];
    const Vector normed = rms_norm(x, layer.attention_norm, weights_.norm_epsilon);
    history_[l].q.push_back(multiply(layer.wq, normed));
    history_[l].k.push_back(multiply(layer.wk, normed));
    history_[l].v.push_back(multiply(layer.wv, normed));
    add(multiply(layer.wo, attention(layer, l)), x);
    add(feed_forward(layer, rms_norm(x, layer.ffn_norm, weights_.norm_epsilon)), x);
  }
  ++position_;
  return multiply(weights_.head, rms_norm(x, weights_.final_norm, weights_.norm_epsilon));
}

Vector Transformer::attention(const Layer& layer, std::size_t index) const {
  Vector out;
  for (std::size_t head = 0; head < weights_.heads; ++head) {
    const Vector one = head_attention(layer, index, head);
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

// A layer with a window of its own has no pinned tokens. Pinned keys are seen through the query as
// if it stood no further than the end of the first window, the others through the query where it
// is.
Vector Transformer::head_attention(const Layer& layer, std::size_t index, std::size_t head) const {
  const std::size_t pinned = layer.window > 0 ? 0 : pinned_;
  const std::size_t window = layer.window > 0 ? std::min(layer.window, pinned_ + window_) : window_;
  const std::size_t kv_head = head / (weights_.heads / weights_.kv_heads);
  const History& past = history_[index];
  const std::size_t p = position_;
  const Vector query = rotated(past.q[p], head, p);
  const Vector pinned_query = rotated(past.q[p], head, std::min(p, pinned + window - 1));

  std::vector<std::size_t> seen;
  for (std::size_t j = 0; j < std::min(p + 1, pinned); ++j) seen.push_back(j);
  const std::size_t oldest = p + 1 > window ? p + 1 - window : 0;
  for (std::size_t j = std::max(pinned, oldest); j <= p; ++j) seen.push_back(j);

  Vector scores;
  for (std::size_t j : seen) {
    const Vector key = rotated(past.k[j], kv_head, j);
    const Vector& q = j < pinned ? pinned_query : query;
    double dot = 0;
    for (std::size_t i = 0; i < weights_.head_dim; ++i) dot += q[i] * key[i];
    scores.push_back(dot * weights_.attention_scale);
  }
  const double maximum = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - maximum);
  Vector out(weights_.head_dim, 0.0);
  for (std::size_t s = 0; s < seen.size(); ++s) {
    for (std::size_t i = 0; i < weights_.head_dim; ++i) {
      out[i] += scores[s] / sum * past.v[seen[s]][kv_head * weights_.head_dim + i];
    }
  }
  return out;
}

/// One head's part of a vector of heads, turned to a position: dimension i pairs with i +
/// rotary_dim/2.
Vector Transformer::rotated(const Vector& heads, std::size_t head, std::size_t position) const {
  const auto begin = heads.begin() + static_cast<std::ptrdiff_t>(head * weights_.head_dim);
  Vector out(begin, begin + static_cast<std::ptrdiff_t>(weights_.head_dim));
  const std::size_t pairs = weights_.rotary_dim / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    const double exponent =
        -2.0 * static_cast<double>(i) / static_cast<double>(weights_.rotary_dim);
    const double angle = static_cast<double>(position) * std::pow(weights_.rope_theta, exponent);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double a = out[i];
    const double b = out[i + pairs];
    out[i] = a * c - b * s;
    out[i + pairs] = a * s + b * c;
  }
  return out;
}

}  // namespace reference
