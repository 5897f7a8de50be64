#include "decoder/decoder.hpp"
#include "model/layer_sizes.hpp"

namespace ringlet {
namespace {

/// gate becomes max(gate, 0)² · up, or without the factor if `up` is null. Products of two are the
/// same on every target, so this needs no kernel.
void relu_squared(float* gate, const float* up, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const float positive = gate[i] > 0 ? gate[i] : 0.0F;
    const float squared = positive * positive;
    gate[i] = up == nullptr ? squared : squared * up[i];
  }
}

}  // namespace

void Decoder::feed_forward_block(const LayerWeights& weights, std::uint32_t layer) noexcept {
  const Architecture& a = layer_architecture(*model_, layer);
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.ffn_norm, s.ffn_input, tokens);
  if (has_parallel_blocks(a)) add_to_residual(s.attention_output, tokens);
  watch(Tap::ffn_input, layer, s.ffn_input, a.dim);
  const Activations x = quantized(s.ffn_input, a.dim, tokens, s.ffn_input_codes);
  const bool gated = weights.is_gated();
  if (gated) {
    multiply(x, {{&weights.w_gate, s.gate}, {&weights.w_up, s.up}});
    add_bias(weights.b_gate, s.gate, a.hidden_dim, tokens);
    add_bias(weights.b_up, s.up, a.hidden_dim, tokens);
  } else {
    multiply(x, {{&weights.w_up, s.gate}});
    add_bias(weights.b_up, s.gate, a.hidden_dim, tokens);
  }
  for (std::uint32_t t = 0; t < tokens; ++t) {
    activate(s.gate.row(t), gated ? s.up.row(t) : nullptr, a.hidden_dim);
  }
  normalize_all(weights.hidden_norm, s.gate, a.hidden_dim, tokens);
  watch(Tap::hidden, layer, s.gate, a.hidden_dim);
  const Activations hidden = quantized(s.gate, a.hidden_dim, tokens, s.hidden_codes);
  multiply(hidden, {{&weights.w_down, s.ffn_output}});
  finish_block(s.ffn_output, weights.b_down, weights.post_ffn_norm, tokens);
  add_to_residual(s.ffn_output, tokens);
}

void Decoder::activate(float* gate, const float* up, std::uint32_t n) noexcept {
  switch (activation_of(model_->architecture())) {
    case Activation::silu:
      kernels_->silu_multiply(gate, up, gate, n);
      break;
    case Activation::gelu_tanh:
      kernels_->gelu_tanh(gate, up, gate, n);
      break;
    case Activation::gelu_erf:
      kernels_->gelu_erf(gate, up, gate, n);
      break;
    case Activation::relu_squared:
      relu_squared(gate, up, n);
      break;
  }
}

}  // namespace ringlet
