#include "decoder/decoder.hpp"

#include "decoder/scattered.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet {

namespace {

constexpr std::uint32_t few_rows = 16;

}  // namespace

Decoder::Decoder(const Model& model, const KernelSet& kernels, const Team& team,
                 const Scratch& scratch, std::uint32_t context) noexcept
    : model_(&model),
      kernels_(&kernels),
      team_(team),
      team_threads_(team.threads),
      scratch_(scratch),
      context_(context) {
  if (!has_key_bias_table()) return;
  for (const Rotary rotary : {Rotary::global, Rotary::local}) {
    if (rotary == Rotary::local && !model.architecture().local_rotary) continue;
    const KeyBiasRotary angles = bias_rotary(rotary);
    fill_key_bias_table(kernels, angles.steps, angles.pairs, scratch.rotary.cosine,
                        scratch.rotary.sine, angles.table);
  }
}

bool Decoder::forward(const Pass& pass) noexcept {
  pass_ = &pass;
  if (features::threads) {
    // Passes over a few rows are bound by memory, like those over one.
    const bool decodes = pass.rows() == 1 || (!pass.is_prefill && pass.rows() <= few_rows);
    const std::uint32_t threads = decodes ? execution_.decode_threads : execution_.prefill_threads;
    team_.threads = threads == 0 ? team_threads_ : threads;
  }
  finite_rows_ = pass.rows();
  embed();
  if (has_learned_positions(model_->architecture())) add_positions();
  if (per_layer_dim(model_->architecture()) != 0) prepare_layer_inputs();
  prepare_angles();
  std::uint32_t recurrent = 0;
  for (std::uint32_t layer = 0; layer < model_->architecture().layers; ++layer) {
    const LayerWeights weights = layer_weights(*model_, layer);
    const Mixer mixer = features::recurrent ? model_->mixer(layer) : Mixer::attention;
    if (mixer == Mixer::attention) {
      attention_block(weights, layer);
    } else if (mixer == Mixer::gated_delta) {
      gated_delta_block(weights, layer, recurrent++);
    } else {
      convolution_block(weights, layer, recurrent++);
    }
    feed_forward_block(weights, layer);
    if (features::per_layer) per_layer_block(layer);
  }
  logits();
  if (finite_rows_ == pass.rows()) return true;
  fault_.position = position_of(finite_rows_);
  return false;
}

void Decoder::embed() noexcept {
  const Architecture& a = model_->architecture();
  const PackedMatrix table = embedding(*model_);
  for (std::size_t t = 0; t < pass_->rows(); ++t) {
    float* row = scratch_.residual.row(t);
    kernels_->dequantize_row(table, pass_->tokens[t], row);
    if (embedding_scale(a) != 1) kernels_->scale(row, embedding_scale(a), a.dim, row);
  }
}

void Decoder::add_positions() noexcept {
  const PackedMatrix table = positions(*model_);
  // The input of the first layer is not in use yet.
  const Rows& learned = scratch_.attention_input;
  pass_->for_each_session([&](const RowSpan& span) {
    for (std::uint32_t i = 0; i < span.count; ++i) {
      const std::size_t t = span.first + i;
      kernels_->dequantize_row(table, static_cast<std::size_t>(span.position) + i, learned.row(t));
      kernels_->add(learned.row(t), scratch_.residual.row(t), table.columns);
    }
  });
}

void Decoder::logits() noexcept {
  const Architecture& a = model_->architecture();
  const auto stride = static_cast<std::uint32_t>(packed::padded_rows(a.vocab_size));
  std::uint32_t count = 0;
  pass_->for_each_session([&](const RowSpan& session) {
    if (session.wanted == 0) return;
    const RowSpan rows = session.part(session.count - session.wanted, session.wanted);
    const Rows input{scratch_.logits_input.row(count), scratch_.logits_input.stride};
    normalize({scratch_.residual.row(rows.first), scratch_.residual.stride}, final_norm(*model_),
              input, rows.count);
    watch_span(Tap::logits_input, a.layers, rows, input, a.dim);
    count += rows.count;
  });
  if (count == 0) return;
  const Activations x = quantized(scratch_.logits_input, a.dim, count, scratch_.logits_input_codes);
  const PackedMatrix matrix = lm_head(*model_);
  if (features::pool && pass_->sessions.size() > 1) {
    multiply_scattered(*kernels_, team_, x, matrix, pass_->sessions, stride, scratch_.logits_tile);
  } else {
    multiply(x, {{&matrix, Rows{pass_->sessions.front().logits, stride}}});
  }
  pass_->for_each_session([&](const RowSpan& session) {
    if (session.wanted == 0) return;
    const Rows out{session.logits, stride};
    add_bias(lm_head_bias(*model_), out, a.vocab_size, session.wanted);
    watch_span(Tap::logits, a.layers, session.part(session.count - session.wanted, session.wanted),
               out, a.vocab_size);
    if (logit_softcap(a) == 0) return;
    for (std::uint32_t i = 0; i < session.wanted; ++i) {
      kernels_->soft_cap(out.row(i), logit_softcap(a), a.vocab_size, out.row(i));
    }
  });
}

Activations Decoder::quantized(const Rows& x, std::uint32_t columns, std::uint32_t tokens,
                               const QuantizedRows& room) noexcept {
  Activations activations = quantize_rows(*kernels_, x, columns, tokens, room);
  activations.prefetch_bytes = execution_.prefetch_bytes;
  return activations;
}

void Decoder::multiply(const Activations& x, std::initializer_list<Product> products) noexcept {
  const bool may_accelerate = features::accelerator && pass_->is_prefill;
  ringlet::multiply(*kernels_, team_, may_accelerate ? accelerator_ : Accelerator{}, x, products);
}

}  // namespace ringlet
