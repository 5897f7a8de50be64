#include "decoder/decoder.hpp"

#include "decoder/attention.hpp"
#include "decoder/linear.hpp"

namespace ringlet {
namespace {

void normalize(const KernelSet& kernels, const Rows& x, const float* gain, const Rows& y,
               const Architecture& a, std::uint32_t tokens) {
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels.rms_norm(x.row(t), gain, y.row(t), a.dim, a.norm_epsilon);
  }
}

/// Shows the observer what there is to see at one tap.
struct Window {
  const Observer& observer;
  std::uint32_t layer;
  std::uint64_t position;
  std::uint32_t tokens;

  void show(Tap tap, const Rows& rows, std::uint32_t columns) const {
    if (observer.observe == nullptr) return;
    observer.observe(observer.context,
                     {tap, layer, position, tokens, rows.data, columns, rows.stride});
  }
};

void add(const KernelSet& kernels, const Rows& x, const Rows& y, std::uint32_t n,
         std::uint32_t tokens) {
  for (std::size_t t = 0; t < tokens; ++t) kernels.add(x.row(t), y.row(t), n);
}

}  // namespace

Decoder::Decoder(const Model& model, const KernelSet& kernels, const Team& team,
                 const KvCache& cache, const Scratch& scratch) noexcept
    : model_(model),
      kernels_(&kernels),
      whole_team_(team),
      team_(team),
      cache_(cache),
      scratch_(scratch) {
  if (scratch.key_bias_table == nullptr) return;
  fill_key_bias_table(kernels, rope_steps(model), model.architecture().rotary_dim,
                      scratch.rotary.cosine, scratch.key_bias_table);
}

void Decoder::forward(std::span<const TokenId> tokens, std::uint64_t position,
                      float* logits) noexcept {
  const auto count = static_cast<std::uint32_t>(tokens.size());
  const std::uint32_t lanes = count == 1 ? execution_.decode_lanes : execution_.prefill_lanes;
  team_.lanes = lanes == 0 ? whole_team_.lanes : lanes;
  embed(tokens);
  prepare_angles(position, count);
  for (std::uint32_t layer = 0; layer < model_.architecture().layers; ++layer) {
    const LayerWeights weights = layer_weights(model_, layer);
    attention_block(weights, layer, position, count);
    feed_forward_block(weights, layer, position, count);
  }
  if (logits != nullptr) head(position, count, logits);
}

Activations Decoder::quantized(const Rows& x, std::uint32_t columns, std::uint32_t tokens,
                               const QuantizedRows& room) noexcept {
  Activations activations = quantize_rows(*kernels_, x, columns, tokens, room);
  activations.prefetch_bytes = execution_.prefetch_bytes;
  return activations;
}

void Decoder::embed(std::span<const TokenId> tokens) noexcept {
  const PackedMatrix table = embedding(model_);
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    kernels_->dequantize_row(table, tokens[t], scratch_.residual.row(t));
  }
}

void Decoder::prepare_angles(std::uint64_t position, std::uint32_t tokens) noexcept {
  // Every layer that pins tokens has the same geometry, so one table of second angles serves them
  // all.
  const RingGeometry* pinning = nullptr;
  for (std::uint32_t layer = 0; layer < model_.architecture().layers && pinning == nullptr;
       ++layer) {
    if (cache_.layer(layer).ring.pinned > 0) pinning = &cache_.layer(layer).ring;
  }
  const std::uint64_t* steps = rope_steps(model_);
  const auto fill = [&](const RotaryRows& rows, std::uint32_t t, std::uint64_t at) {
    const std::size_t offset = std::size_t{t} * rows.stride;
    kernels_->rotary_table(at, steps, rows.pairs, rows.cosine + offset, rows.sine + offset);
  };
  for (std::uint32_t t = 0; t < tokens; ++t) {
    fill(scratch_.rotary, t, position + t);
    if (pinning != nullptr) {
      fill(scratch_.pinned_rotary, t, pinned_query_position(*pinning, position + t));
    }
  }
}

void Decoder::attention_block(const LayerWeights& weights, std::uint32_t layer,
                              std::uint64_t position, std::uint32_t tokens) noexcept {
  const Architecture& a = model_.architecture();
  const Scratch& s = scratch_;
  normalize(*kernels_, s.residual, weights.attention_norm, s.attention_input, a, tokens);
  const Window window{observer_, layer, position, tokens};
  window.show(Tap::attention_input, s.attention_input, a.dim);
  const Activations x = quantized(s.attention_input, a.dim, tokens, s.attention_input_codes);
  multiply(*kernels_, team_, x,
           {{&weights.wq, s.queries}, {&weights.wk, s.keys}, {&weights.wv, s.values}});
  window.show(Tap::queries, s.queries, a.query_dim());
  window.show(Tap::keys, s.keys, a.kv_dim());
  window.show(Tap::values, s.values, a.kv_dim());

  store(weights, layer, position, tokens);
  attend({a, *kernels_, team_, cache_, s, weights.turn_keys, weights.key_bias, rope_steps(model_)},
         layer, position, tokens);
  window.show(Tap::attended, s.attended, a.query_dim());

  const Activations attended = quantized(s.attended, a.query_dim(), tokens, s.attended_codes);
  multiply(*kernels_, team_, attended, {{&weights.wo, s.attention_output}});
  add(*kernels_, s.attention_output, s.residual, a.dim, tokens);
}

void Decoder::feed_forward_block(const LayerWeights& weights, std::uint32_t layer,
                                 std::uint64_t position, std::uint32_t tokens) noexcept {
  const Architecture& a = model_.architecture();
  const Scratch& s = scratch_;
  normalize(*kernels_, s.residual, weights.ffn_norm, s.ffn_input, a, tokens);
  const Window window{observer_, layer, position, tokens};
  window.show(Tap::ffn_input, s.ffn_input, a.dim);
  const Activations x = quantized(s.ffn_input, a.dim, tokens, s.ffn_input_codes);
  multiply(*kernels_, team_, x, {{&weights.w_gate, s.gate}, {&weights.w_up, s.up}});

  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->silu_multiply(s.gate.row(t), s.up.row(t), s.gate.row(t), a.hidden_dim);
  }
  window.show(Tap::hidden, s.gate, a.hidden_dim);
  const Activations hidden = quantized(s.gate, a.hidden_dim, tokens, s.hidden_codes);
  multiply(*kernels_, team_, hidden, {{&weights.w_down, s.ffn_output}});
  add(*kernels_, s.ffn_output, s.residual, a.dim, tokens);
}

void Decoder::store(const LayerWeights& weights, std::uint32_t layer, std::uint64_t position,
                    std::uint32_t tokens) noexcept {
  const Architecture& a = model_.architecture();
  const RingGeometry& ring = cache_.layer(layer).ring;
  cache_.demote(*kernels_, layer, plan_demotion(ring, position, tokens));
  const RingSpans spans = plan_write(ring, position, tokens);
  const auto integer_keys = [&](Region region) {
    return is_integer(cache_.layer(layer).region(region).formats.keys);
  };
  const auto store_span = [&](Region region, const SlotSpan& span) {
    for (std::uint32_t i = 0; i < span.count; ++i) {
      const auto t = static_cast<std::size_t>(span.position + i - position);
      const std::size_t angles = t * scratch_.rotary.stride;
      for (std::uint32_t head = 0; head < a.kv_heads; ++head) {
        float* key = scratch_.keys.row(t) + std::size_t{head} * a.head_dim;
        if (weights.key_bias != nullptr && integer_keys(region)) {
          take_key_bias(weights.key_bias + std::size_t{head} * a.head_dim, a.head_dim, key);
        }
        kernels_->rotate(key, scratch_.rotary.cosine + angles, scratch_.rotary.sine + angles,
                         scratch_.rotary.pairs, key);
        if (weights.turn_keys && integer_keys(region)) kernels_->hadamard(key, a.head_dim);
        cache_.store(*kernels_, layer, region, head, span.slot + i, key,
                     scratch_.values.row(t) + std::size_t{head} * a.head_dim);
      }
    }
  };
  store_span(Region::pinned, spans.pinned);
  store_span(Region::ring, spans.ring[0]);
  store_span(Region::ring, spans.ring[1]);
}

void Decoder::head(std::uint64_t position, std::uint32_t tokens, float* logits) noexcept {
  const Architecture& a = model_.architecture();
  kernels_->rms_norm(scratch_.residual.row(tokens - 1), final_norm(model_),
                     scratch_.head_input.data, a.dim, a.norm_epsilon);
  const Window window{observer_, a.layers, position + tokens - 1, 1};
  window.show(Tap::head_input, scratch_.head_input, a.dim);
  const Activations x = quantized(scratch_.head_input, a.dim, 1, scratch_.head_input_codes);
  const PackedMatrix matrix = output_head(model_);
  multiply(*kernels_, team_, x, {{&matrix, Rows{logits, 0}}});
}

}  // namespace ringlet
