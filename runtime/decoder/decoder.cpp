#include "decoder/decoder.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "numerics/finite.hpp"

namespace ringlet {
Decoder::Decoder(const Model& model, const KernelSet& kernels, const Team& team,
                 const KvCache& cache, const Scratch& scratch, std::uint32_t context) noexcept
    : model_(&model),
      kernels_(&kernels),
      whole_team_(team),
      team_(team),
      cache_(cache),
      scratch_(scratch),
      context_(context) {
  if (!features::key_bias || scratch.key_bias_table == nullptr) return;
  for (const Rotary rotary : {Rotary::global, Rotary::local}) {
    if (rotary == Rotary::local && !model.architecture().local_rotary) continue;
    const KeyBiasRotary angles = bias_rotary(rotary);
    fill_key_bias_table(kernels, angles.steps, angles.pairs, scratch.rotary.cosine,
                        scratch.rotary.sine, angles.table);
  }
}

bool Decoder::forward(std::span<const TokenId> tokens, std::uint64_t position,
                      float* logits) noexcept {
  const auto count = static_cast<std::uint32_t>(tokens.size());
  const std::uint32_t lanes = count == 1 ? execution_.decode_lanes : execution_.prefill_lanes;
  team_.lanes = lanes == 0 ? whole_team_.lanes : lanes;
  finite_tokens_ = count;
  embed(tokens);
  if (features::families && model_->architecture().positions != 0) add_positions(position, count);
  prepare_angles(position, count);
  for (std::uint32_t layer = 0; layer < model_->architecture().layers; ++layer) {
    const LayerWeights weights = layer_weights(*model_, layer);
    attention_block(weights, layer, position, count);
    feed_forward_block(weights, layer, position, count);
  }
  if (logits != nullptr) head(position, count, logits);
  fault_.position = position + finite_tokens_;
  return finite_tokens_ == count;
}

void Decoder::watch(Tap tap, std::uint32_t layer, const TokenRange& range, const Rows& rows,
                    std::uint32_t columns) noexcept {
  if (observer_.observe != nullptr) {
    observer_.observe(observer_.context, {tap, layer, range.position + range.first, range.count,
                                          rows.data, columns, rows.stride});
  }
  if (tap == Tap::keys || tap == Tap::values) return;  // store() checks them
  for (std::uint32_t i = 0; i < range.count; ++i) {
    require_below(overflow_begins, tap, layer, range.first + i, rows.row(i), columns);
  }
}

void Decoder::require_below(float limit, Tap tap, std::uint32_t layer, std::uint32_t token,
                            const float* x, std::size_t n) noexcept {
  if (token >= finite_tokens_ || all_below(x, n, limit)) return;
  finite_tokens_ = token;
  fault_ = {.tap = tap, .layer = layer, .position = token};
}

Activations Decoder::quantized(const Rows& x, std::uint32_t columns, std::uint32_t tokens,
                               const QuantizedRows& room) noexcept {
  Activations activations = quantize_rows(*kernels_, x, columns, tokens, room);
  activations.prefetch_bytes = execution_.prefetch_bytes;
  return activations;
}

void Decoder::multiply(const Activations& x, std::initializer_list<Product> products) noexcept {
  ringlet::multiply(*kernels_, team_, accelerator_, x, products);
}

void Decoder::embed(std::span<const TokenId> tokens) noexcept {
  const Architecture& a = model_->architecture();
  const PackedMatrix table = embedding(*model_);
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    float* row = scratch_.residual.row(t);
    kernels_->dequantize_row(table, tokens[t], row);
    if (features::families && a.embedding_scale != 1)
      kernels_->scale(row, a.embedding_scale, a.dim, row);
  }
}

void Decoder::add_positions(std::uint64_t position, std::uint32_t tokens) noexcept {
  const PackedMatrix table = positions(*model_);
  // The first layer's input is not in use yet.
  const Rows& learned = scratch_.attention_input;
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->dequantize_row(table, static_cast<std::size_t>(position) + t, learned.row(t));
    kernels_->add(learned.row(t), scratch_.residual.row(t), table.columns);
  }
}

void Decoder::prepare_angles(std::uint64_t position, std::uint32_t tokens) noexcept {
  // Every layer that pins tokens has the same geometry, so one table of second angles serves them
  // all.
  const RingGeometry* pinning = nullptr;
  for (std::uint32_t layer = 0; layer < model_->architecture().layers && pinning == nullptr;
       ++layer) {
    if (cache_.layer(layer).ring.pinned > 0) pinning = &cache_.layer(layer).ring;
  }
  const float scale = model_->architecture().rotary_scale;
  const auto fill = [&](const RotaryRows& rows, Rotary rotary, std::uint32_t t, std::uint64_t at) {
    float* cosine = rows.cosine + std::size_t{t} * rows.stride;
    float* sine = rows.sine + std::size_t{t} * rows.stride;
    kernels_->rotary_table(at, rope_steps(*model_, rotary, context_), rows.pairs, cosine, sine);
    if (!features::families || scale == 1) return;
    kernels_->scale(cosine, scale, rows.pairs, cosine);
    kernels_->scale(sine, scale, rows.pairs, sine);
  };
  for (std::uint32_t t = 0; t < tokens; ++t) {
    fill(scratch_.rotary, Rotary::global, t, position + t);
    if (features::families && scratch_.local_rotary.pairs != 0) {
      fill(scratch_.local_rotary, Rotary::local, t, position + t);
    }
    if (pinning != nullptr) {
      fill(scratch_.pinned_rotary, Rotary::global, t,
           pinned_query_position(*pinning, position + t));
    }
  }
}

/// The angles by which a layer turns at the tokens' own positions.
RotaryRows Decoder::angles(Rotary rotary) const noexcept {
  if (!features::families) return scratch_.rotary;
  if (rotary == Rotary::none) return {};
  return rotary == Rotary::local ? scratch_.local_rotary : scratch_.rotary;
}

/// What a layer's key biases turn by.
KeyBiasRotary Decoder::bias_rotary(Rotary rotary) const noexcept {
  if (!features::key_bias || rotary == Rotary::none || scratch_.key_bias_table == nullptr) {
    return {};
  }
  const Architecture& a = model_->architecture();
  const auto skipped =
      static_cast<std::size_t>(rotary == Rotary::local ? key_bias_table_floats(a.rotary_dim) : 0);
  return {.steps = rope_steps(*model_, rotary, context_),
          .pairs = a.rotary_dim / 2,
          .scale = a.rotary_scale * a.rotary_scale,
          .table = scratch_.key_bias_table + skipped};
}

void Decoder::attention_block(const LayerWeights& weights, std::uint32_t layer,
                              std::uint64_t position, std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.attention_norm, s.attention_input, tokens);
  const TokenRange all{position, 0, tokens};
  watch(Tap::attention_input, layer, all, s.attention_input, a.dim);
  const Activations x = quantized(s.attention_input, a.dim, tokens, s.attention_input_codes);
  multiply(x, {{&weights.wq, s.queries}, {&weights.wk, s.keys}, {&weights.wv, s.values}});
  add_bias(weights.bq, s.queries, a.query_dim(), tokens);
  add_bias(weights.bk, s.keys, a.kv_dim(), tokens);
  add_bias(weights.bv, s.values, a.kv_dim(), tokens);
  normalize_heads(weights.q_norm, s.queries, a.heads, tokens);
  normalize_heads(weights.k_norm, s.keys, a.kv_heads, tokens);
  watch(Tap::queries, layer, all, s.queries, a.query_dim());
  watch(Tap::keys, layer, all, s.keys, a.kv_dim());
  watch(Tap::values, layer, all, s.values, a.kv_dim());

  const RotaryRows rotary = angles(weights.rotary);
  const RotaryRows pinned = weights.rotary == Rotary::none ? RotaryRows{} : s.pinned_rotary;
  const AttentionContext context{a,
                                 *kernels_,
                                 team_,
                                 cache_,
                                 s,
                                 rotary,
                                 pinned,
                                 weights.turn_keys,
                                 weights.key_bias,
                                 bias_rotary(weights.rotary)};
  const std::uint32_t most = cache_.layer(layer).ring.max_tokens;
  for (std::uint32_t first = 0; first < tokens; first += most) {
    const TokenRange range{position, first, std::min(most, tokens - first)};
    store(weights, layer, range);
    attend(context, layer, range);
  }
  watch(Tap::attended, layer, all, s.attended, a.query_dim());

  const Activations attended = quantized(s.attended, a.query_dim(), tokens, s.attended_codes);
  multiply(attended, {{&weights.wo, s.attention_output}});
  add_to_residual(s.attention_output, weights.bo, weights.post_attention_norm, tokens);
}

void Decoder::feed_forward_block(const LayerWeights& weights, std::uint32_t layer,
                                 std::uint64_t position, std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  const Scratch& s = scratch_;
  normalize(s.residual, weights.ffn_norm, s.ffn_input, tokens);
  const TokenRange all{position, 0, tokens};
  watch(Tap::ffn_input, layer, all, s.ffn_input, a.dim);
  const Activations x = quantized(s.ffn_input, a.dim, tokens, s.ffn_input_codes);
  const bool gated = !features::families || weights.w_gate.codes != nullptr;
  if (gated) {
    multiply(x, {{&weights.w_gate, s.gate}, {&weights.w_up, s.up}});
    add_bias(weights.b_gate, s.gate, a.hidden_dim, tokens);
    add_bias(weights.b_up, s.up, a.hidden_dim, tokens);
  } else {
    multiply(x, {{&weights.w_up, s.gate}});
    add_bias(weights.b_up, s.gate, a.hidden_dim, tokens);
  }
  activate(gated, tokens);
  watch(Tap::hidden, layer, all, s.gate, a.hidden_dim);
  const Activations hidden = quantized(s.gate, a.hidden_dim, tokens, s.hidden_codes);
  multiply(hidden, {{&weights.w_down, s.ffn_output}});
  add_to_residual(s.ffn_output, weights.b_down, weights.post_ffn_norm, tokens);
}

/// gate = activation(gate), times up where there is a gate.
void Decoder::activate(bool gated, std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  for (std::size_t t = 0; t < tokens; ++t) {
    float* gate = scratch_.gate.row(t);
    const float* up = gated ? scratch_.up.row(t) : nullptr;
    switch (features::families ? a.activation : Activation::silu) {
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

void Decoder::normalize(const Rows& x, const NormWeights& norm, const Rows& y,
                        std::uint32_t tokens) noexcept {
  const Architecture& a = model_->architecture();
  for (std::size_t t = 0; t < tokens; ++t) {
    const float* from = x.row(t);
    if (features::families && a.norm == NormKind::layer) {
      kernels_->center(from, y.row(t), a.dim);
      from = y.row(t);
    }
    kernels_->rms_norm(from, norm.gain, y.row(t), a.dim, a.norm_epsilon);
  }
  add_bias(norm.bias, y, a.dim, tokens);
}

/// RMSNorm of each head by itself, where the layer has gains for it.
void Decoder::normalize_heads(const float* gain, const Rows& x, std::uint32_t heads,
                              std::uint32_t tokens) noexcept {
  if (!features::families || gain == nullptr) return;
  const Architecture& a = model_->architecture();
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t head = 0; head < heads; ++head) {
      float* one = x.row(t) + head * a.head_dim;
      kernels_->rms_norm(one, gain, one, a.head_dim, a.norm_epsilon);
    }
  }
}

void Decoder::add_bias(const float* bias, const Rows& x, std::uint32_t n,
                       std::uint32_t tokens) noexcept {
  if (!features::families || bias == nullptr) return;
  for (std::size_t t = 0; t < tokens; ++t) kernels_->add(bias, x.row(t), n);
}

/// The end of a block: bias and norm of its result, where the layer has them, and the residual.
void Decoder::add_to_residual(const Rows& x, const float* bias, const NormWeights& post_norm,
                              std::uint32_t tokens) noexcept {
  const std::uint32_t dim = model_->architecture().dim;
  add_bias(bias, x, dim, tokens);
  if (features::families && post_norm.gain != nullptr) normalize(x, post_norm, x, tokens);
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels_->add(x.row(t), scratch_.residual.row(t), dim);
  }
}

void Decoder::store(const LayerWeights& weights, std::uint32_t layer,
                    const TokenRange& range) noexcept {
  const Architecture& a = model_->architecture();
  const RingGeometry& ring = cache_.layer(layer).ring;
  const std::uint64_t begin = range.position + range.first;
  if (features::int4_cache) {
    cache_.demote(*kernels_, layer, plan_demotion(ring, begin, range.count));
  }
  const RingSpans spans = plan_write(ring, begin, range.count);
  const auto integer_keys = [&](Region region) {
    return is_integer(cache_.layer(layer).region(region).formats.keys);
  };
  const RotaryRows rotary = angles(weights.rotary);
  const auto store_span = [&](Region region, const SlotSpan& span) {
    const auto [key_limit, value_limit] = storable(cache_.layer(layer), region);
    for (std::uint32_t i = 0; i < span.count; ++i) {
      const auto t = static_cast<std::size_t>(span.position + i - range.position);
      const std::size_t offset = t * rotary.stride;
      for (std::uint32_t head = 0; head < a.kv_heads; ++head) {
        float* key = scratch_.keys.row(t) + std::size_t{head} * a.head_dim;
        if (features::key_bias && weights.key_bias != nullptr && integer_keys(region)) {
          take_key_bias(weights.key_bias + std::size_t{head} * a.head_dim, a.head_dim, key);
        }
        kernels_->rotate(key, rotary.cosine + offset, rotary.sine + offset, rotary.pairs, key);
        if (weights.turn_keys && integer_keys(region)) kernels_->hadamard(key, a.head_dim);
        cache_.store(*kernels_, layer, region, head, span.slot + i, key,
                     scratch_.values.row(t) + std::size_t{head} * a.head_dim);
      }
      const auto token = static_cast<std::uint32_t>(t);
      require_below(key_limit, Tap::keys, layer, token, scratch_.keys.row(t), a.kv_dim());
      require_below(value_limit, Tap::values, layer, token, scratch_.values.row(t), a.kv_dim());
    }
  };
  store_span(Region::pinned, spans.pinned);
  store_span(Region::ring, spans.ring[0]);
  store_span(Region::ring, spans.ring[1]);
}

void Decoder::head(std::uint64_t position, std::uint32_t tokens, float* logits) noexcept {
  const Architecture& a = model_->architecture();
  const Rows last{scratch_.residual.row(tokens - 1), scratch_.residual.stride};
  normalize(last, final_norm(*model_), scratch_.head_input, 1);
  const TokenRange one{position, tokens - 1, 1};
  watch(Tap::head_input, a.layers, one, scratch_.head_input, a.dim);
  const Activations x = quantized(scratch_.head_input, a.dim, 1, scratch_.head_input_codes);
  const PackedMatrix matrix = output_head(*model_);
  multiply(x, {{&matrix, Rows{logits, 0}}});
  watch(Tap::logits, a.layers, one, Rows{logits, 0}, a.vocab_size);
  if (features::families && a.logit_softcap != 0)
    kernels_->soft_cap(logits, a.logit_softcap, a.vocab_size, logits);
}

}  // namespace ringlet
