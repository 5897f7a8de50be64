#include "decoder/decoder.hpp"
#include "decoder/gated_delta.hpp"

namespace ringlet {

void Decoder::gated_delta_block(const LayerWeights& weights, std::uint32_t layer,
                                std::uint32_t index) noexcept {
  // Below this, no sum of values over a text can overflow the state, whose keys have length 1.
  constexpr float most_value = 0x1p60F;
  const Architecture& a = model_->architecture();
  const RecurrentWeights recurrent = recurrent_weights(*model_, layer);
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.attention_norm, s.attention_input, tokens);
  watch(Tap::attention_input, layer, s.attention_input, a.dim);
  const Activations x = quantized(s.attention_input, a.dim, tokens, s.attention_input_codes);
  multiply(x, {{&weights.wq, s.queries},
               {&weights.wk, s.keys},
               {&weights.wv, s.values},
               {&recurrent.attended_gate, attended_gate(s, a)},
               {&recurrent.state_gates, state_gates(s, a)}});
  mix({.architecture = a,
       .kernels = *kernels_,
       .team = team_,
       .scratch = s,
       .weights = recurrent,
       .pass = *pass_,
       .index = index});
  for (std::uint32_t t = 0; t < tokens; ++t) {
    require_below(most_value, Tap::values, layer, t, s.values.row(t), a.state_values());
  }
  finish_mixer(weights, layer, a.state_values());
}

}  // namespace ringlet
