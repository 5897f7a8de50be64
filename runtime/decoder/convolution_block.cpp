#include <algorithm>

#include "decoder/decoder.hpp"

namespace ringlet {
namespace {

/// y[i] = x[i] · y[i]. Products of two are the same on every target, so this needs no kernel.
void multiply_by(const float* x, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] * y[i];
}

}  // namespace

void Decoder::convolution_block(const LayerWeights& weights, std::uint32_t layer,
                                std::uint32_t index) noexcept {
  const Architecture& a = model_->architecture();
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.attention_norm, s.attention_input, tokens);
  watch(Tap::attention_input, layer, s.attention_input, a.dim);
  const Activations x = quantized(s.attention_input, a.dim, tokens, s.attention_input_codes);
  multiply(x, {{&weights.wq, s.queries}, {&weights.wk, s.keys}, {&weights.wv, s.values}});
  add_bias(weights.bq, s.queries, a.dim, tokens);
  add_bias(weights.bk, s.keys, a.dim, tokens);
  add_bias(weights.bv, s.values, a.dim, tokens);
  for (std::uint32_t t = 0; t < tokens; ++t) multiply_by(s.values.row(t), s.keys.row(t), a.dim);
  const RecurrentWeights recurrent = recurrent_weights(*model_, layer);
  pass_->for_each_session([&](const RowSpan& span) { convolve(recurrent, index, span); });
  for (std::uint32_t t = 0; t < tokens; ++t) {
    multiply_by(s.queries.row(t), s.attended.row(t), a.dim);
  }
  finish_mixer(weights, layer, a.dim);
}

// The inputs of the pass are in `keys`, earlier ones in the state of the session. Before the text
// there are none, and their terms are left out.
void Decoder::convolve(const RecurrentWeights& weights, std::uint32_t index,
                       const RowSpan& span) noexcept {
  if (!features::recurrent) return;
  constexpr std::uint32_t longest = 16;  // as verify.cpp
  const Architecture& a = model_->architecture();
  RecurrentInputs& inputs = span.cache->recurrent()->inputs;
  for (std::uint32_t i = 0; i < span.count; ++i) {
    const float* rows[longest] = {};
    const std::uint64_t position = span.position + i;
    const auto there =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(position + 1, a.convolution));
    for (std::uint32_t j = 0; j < there; ++j) {
      const std::uint32_t back = there - 1 - j;
      rows[j] =
          back <= i ? scratch_.keys.row(span.first + i - back) : inputs.at(index, position - back);
    }
    const float* taps = weights.taps + std::size_t{a.convolution - there} * a.dim;
    kernels_->convolve(rows, taps, a.dim, there, weights.taps_bias, a.dim,
                       scratch_.attended.row(span.first + i));
  }
  inputs.begin(index, span.count);
  for (std::uint32_t i = inputs.skipped(span.count); i < span.count; ++i) {
    std::copy_n(scratch_.keys.row(span.first + i), a.dim, inputs.next(index, span.position + i));
  }
}

}  // namespace ringlet
