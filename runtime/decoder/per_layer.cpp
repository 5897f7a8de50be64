// Inputs that a token brings for each layer, beside its embedding (Gemma 3n and 4).
#include "decoder/decoder.hpp"
#include "kernels/row_layout.hpp"

namespace ringlet {

// They are a row of a table, which is large but read only here, plus a projection of the embedding.
void Decoder::prepare_layer_inputs() noexcept {
  const Architecture& a = model_->architecture();
  const schema::Architecture& numbers = *model_->tables()->architecture();
  const std::uint32_t tokens = pass_->rows();
  const std::uint32_t n = per_layer_dim(a);
  const Rows inputs = per_layer_inputs(scratch_, a);
  const PackedMatrix projection = per_layer_projection(*model_);
  const PackedMatrix table = per_layer_embedding(*model_);
  const float* gain = floats_of_model(*model_, schema::Model::VT_PER_LAYER_NORM);
  const Activations x = quantized(scratch_.residual, a.dim, tokens, scratch_.attention_input_codes);
  multiply(x, {{&projection, inputs}});
  // The input of the first layer is not in use yet.
  float* looked_up = scratch_.attention_input.row(0);
  for (std::uint32_t t = 0; t < tokens; ++t) {
    for (std::uint32_t layer = 0; layer < a.layers; ++layer) {
      float* part = inputs.row(t) + std::size_t{layer} * n;
      kernels_->rms_norm(part, gain, part, n, numbers.per_layer_epsilon());
      read_table(table, pass_->tokens[t], std::size_t{layer} * n, n, looked_up);
      kernels_->scale(looked_up, numbers.per_layer_scale(), n, looked_up);
      kernels_->add(looked_up, part, n);
    }
  }
}

void Decoder::per_layer_block(std::uint32_t layer) noexcept {
  const Architecture& a = model_->architecture();
  const std::uint32_t tokens = pass_->rows();
  const Scratch& s = scratch_;
  const std::uint32_t n = per_layer_dim(a);
  if (n != 0) {
    const PerLayerWeights weights = per_layer_weights(*model_, layer);
    const Activations x = quantized(s.residual, a.dim, tokens, s.hidden_codes);
    multiply(x, {{&weights.gate, s.gate}});
    for (std::uint32_t t = 0; t < tokens; ++t) {
      const float* input = per_layer_inputs(s, a).row(t) + std::size_t{layer} * n;
      activate(s.gate.row(t), input, n);
    }
    const Activations gated = quantized(s.gate, n, tokens, s.hidden_codes);
    multiply(gated, {{&weights.out, s.ffn_output}});
    normalize(s.ffn_output, {weights.norm, nullptr}, s.ffn_output, tokens);
    add_to_residual(s.ffn_output, tokens);
  }
  if (output_scale(*model_, layer) != 1) {
    scale_rows(s.residual, output_scale(*model_, layer), tokens);
  }
}

}  // namespace ringlet
