#include "attention_watch.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/kernel_set.hpp"
#include "model/weights.hpp"

namespace ringlet::port {

bool AttentionWatch::supports(const Model& model, std::uint32_t layer) noexcept {
  const Architecture a = model.architecture();
  return layer < a.layers && model.mixer(layer) == Mixer::attention &&
         model.cache_of(layer) == layer && !a.norm_after_rotary && a.query_growth == 0;
}

std::size_t AttentionWatch::floats(const Model& model, const Config& config,
                                   std::uint32_t layer) noexcept {
  const Architecture a = model.architecture(layer);
  const CacheLayout layout = cache_layout(model, config, layer);
  const std::size_t positions = std::size_t{layout.sinks} + layout.window;
  return a.query_dim() + a.rotary_dim + 2 * std::size_t{a.head_dim} + positions +
         positions * a.kv_dim();
}

AttentionWatch::AttentionWatch(const Model& model, const Config& config, std::uint32_t layer,
                               float* room) noexcept
    : model_(model),
      architecture_(model.architecture(layer)),
      layout_(cache_layout(model, config, layer)),
      layer_(layer),
      query_(room),
      angles_(query_ + architecture_.query_dim()),
      head_(angles_ + architecture_.rotary_dim),
      one_(head_ + 2 * std::size_t{architecture_.head_dim}),
      keys_(one_ + most()) {
  const Rotary rotary = layer_weights(model, layer).rotary;
  if (rotary != Rotary::none) frequencies_ = rotary_frequencies(model, rotary, config.context);
}

Observer AttentionWatch::observer() noexcept {
  return {
      .observe = [](void* self,
                    const Observation& seen) { static_cast<AttentionWatch*>(self)->observe(seen); },
      .user_data = this};
}

std::uint32_t AttentionWatch::slot(std::uint64_t position) const noexcept {
  if (position < layout_.sinks) return static_cast<std::uint32_t>(position);
  return layout_.sinks + static_cast<std::uint32_t>((position - layout_.sinks) % layout_.window);
}

void AttentionWatch::rotate(const float* head, std::uint64_t position, float* out) const noexcept {
  const std::size_t pairs = frequencies_ == nullptr ? 0 : architecture_.rotary_dim / 2;
  std::copy_n(head, architecture_.head_dim, out);
  if (pairs == 0) return;
  const KernelSet& kernels = baseline_kernels();
  kernels.rotary_table(position, frequencies_, pairs, angles_, angles_ + pairs);
  kernels.scale(angles_, architecture_.rotary_scale, 2 * pairs, angles_);
  kernels.rotate(head, angles_, angles_ + pairs, pairs, out);
}

void AttentionWatch::observe(const Observation& seen) noexcept {
  if (seen.layer != layer_ || (seen.tap != Tap::queries && seen.tap != Tap::keys)) return;
  const auto row = [&](std::uint32_t t) { return seen.rows + std::size_t{t} * seen.stride; };
  if (seen.tap == Tap::queries) {
    std::copy_n(row(seen.tokens - 1), architecture_.query_dim(), query_);
    return;
  }
  // A text that goes back finds its earlier keys until the ring first wraps. One that jumps,
  // because the session was restored, has keys that nobody saw.
  const bool continues = seen.position == end_ || (seen.position < end_ && end_ <= layout_.window);
  complete_ = seen.position == 0 || (complete_ && continues);
  for (std::uint32_t t = 0; t < seen.tokens; ++t) {
    const std::uint64_t position = seen.position + t;
    for (std::uint32_t h = 0; h < architecture_.kv_heads; ++h) {
      const std::size_t at = std::size_t{h} * architecture_.head_dim;
      rotate(row(t) + at, position,
             keys_ + std::size_t{slot(position)} * architecture_.kv_dim() + at);
    }
  }
  end_ = seen.position + seen.tokens;
}

std::uint32_t AttentionWatch::weights(std::uint32_t head, std::span<float> out) const noexcept {
  const std::uint64_t begin =
      std::max<std::uint64_t>(layout_.sinks, end_ < layout_.window ? 0 : end_ - layout_.window);
  const auto sinks = static_cast<std::uint32_t>(std::min<std::uint64_t>(layout_.sinks, end_));
  const auto count = static_cast<std::uint32_t>(sinks + (end_ > begin ? end_ - begin : 0));
  if (count == 0 || !complete_ || out.size() < count) return 0;
  const std::size_t d = architecture_.head_dim;
  const std::uint64_t newest = end_ - 1;
  // As in the runtime, the sinks are never farther away than the window is long.
  const std::uint64_t last = std::uint64_t{layout_.sinks} + layout_.window - 1;
  rotate(query_ + head * d, newest, head_);
  rotate(query_ + head * d, std::min(newest, last), head_ + d);
  float most = -INFINITY;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t position = i < sinks ? i : begin + (i - sinks);
    const float* key = keys_ + std::size_t{slot(position)} * architecture_.kv_dim() +
                       head / architecture_.heads_per_kv() * d;
    const float* query = i < sinks ? head_ + d : head_;
    float score = baseline_kernels().dot(query, key, d) * architecture_.attention_scale;
    const float cap = architecture_.attention_softcap;
    if (cap != 0) score = cap * std::tanh(score / cap);
    out[i] = score;
    most = std::max(most, score);
  }
  float sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) sum += out[i] = std::exp(out[i] - most);
  for (std::uint32_t i = 0; i < count; ++i) out[i] /= sum;
  return count;
}

std::uint32_t AttentionWatch::average(std::span<float> out) const noexcept {
  std::fill(out.begin(), out.end(), 0.0F);
  std::uint32_t count = 0;
  for (std::uint32_t head = 0; head < architecture_.heads; ++head) {
    count = weights(head, {one_, most()});
    for (std::uint32_t i = 0; i < count; ++i) {
      out[i] += one_[i] / static_cast<float>(architecture_.heads);
    }
  }
  return count;
}

}  // namespace ringlet::port
