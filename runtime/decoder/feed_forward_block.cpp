#include "decoder/decoder.hpp"

namespace ringlet {

void Decoder::feed_forward_block(const LayerWeights& weights, std::uint32_t layer) noexcept {
  const Architecture& a = model_->architecture();
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.ffn_norm, s.ffn_input, tokens);
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
  activate(gated, tokens);
  watch(Tap::hidden, layer, s.gate, a.hidden_dim);
  const Activations hidden = quantized(s.gate, a.hidden_dim, tokens, s.hidden_codes);
  multiply(hidden, {{&weights.w_down, s.ffn_output}});
  add_to_residual(s.ffn_output, weights.b_down, weights.post_ffn_norm, tokens);
}

void Decoder::activate(bool gated, std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  for (std::size_t t = 0; t < tokens; ++t) {
    float* gate = scratch_.gate.row(t);
    const float* up = gated ? scratch_.up.row(t) : nullptr;
    switch (activation_of(a)) {
      case Activation::silu:
        kernels_->silu_multiply(gate, up, gate, a.hidden_dim);
        break;
      case Activation::gelu_tanh:
        kernels_->gelu_tanh(gate, up, gate, a.hidden_dim);
        break;
      case Activation::gelu_erf:
        kernels_->gelu_erf(gate, up, gate, a.hidden_dim);
        break;
    }
  }
}

}  // namespace ringlet
