#include "cache_fit/choose.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "cache_fit/fold_hadamard.hpp"
#include "cache_fit/fold_key_scales.hpp"

namespace ringlet::convert {
namespace {

/// The factor for a transform's error before it is compared with that of a simpler one.
double handicap(KeyTransform t) {
  return (t.scales ? 1.01 : 1.0) * (t.hadamard ? 1.05 : 1.0) * (t.bias ? 1.15 : 1.0);
}

bool allowed(const std::optional<bool>& decided, bool value) {
  return decided.value_or(value) == value;
}

std::vector<KeyTransform> open_transforms(const CacheOptions& options) {
  std::vector<KeyTransform> all;
  for (const bool bias : {false, true}) {
    for (const bool hadamard : {false, true}) {
      for (const bool scales : {false, true}) {
        if (allowed(options.key_bias, bias) && allowed(options.hadamard_keys, hadamard) &&
            allowed(options.key_scales, scales)) {
          all.push_back({.bias = bias, .scales = scales, .hadamard = hadamard});
        }
      }
    }
  }
  return all;
}

void choose_keys(const LayerSample& sample, const CacheOptions& options, LayerChoice& choice) {
  double least = HUGE_VAL;
  for (const KeyTransform transform : open_transforms(options)) {
    const double error =
        attention_error(sample, KvFormat::int4, transform, false, Sides::keys_only);
    choice.candidates.push_back({transform, error});
    if (error * handicap(transform) < least) {
      least = error * handicap(transform);
      choice.keys = transform;
    }
  }
  for (std::uint32_t head = 0; head < sample.architecture.kv_heads; ++head) {
    choice.numbers.push_back(key_numbers(sample, head, choice.keys.bias, choice.keys.scales));
  }
}

void choose_values(const LayerSample& sample, const CacheOptions& options, LayerChoice& choice) {
  for (const bool hadamard : {false, true}) {
    choice.value_error[hadamard ? 1 : 0] =
        attention_error(sample, KvFormat::int4, {}, hadamard, Sides::values_only);
  }
  choice.hadamard_values =
      options.hadamard_values.value_or(1.05 * choice.value_error[1] < choice.value_error[0]);
}

}  // namespace

LayerChoice choose_for_layer(const LayerSample& sample, const CacheOptions& options) {
  LayerChoice choice;
  choose_keys(sample, options, choice);
  choose_values(sample, options, choice);
  const auto error = [&](KvFormats formats) {
    return attention_error(sample, formats, choice.keys, choice.hadamard_values, Sides::both);
  };
  choice.error_int8 = error(KvFormat::int8);
  choice.error_k8v4 = error({KvFormat::int8, KvFormat::int4});
  choice.error_int4 = error(KvFormat::int4);
  return choice;
}

void apply_choice(const LayerChoice& choice, const Architecture& architecture, SourceLayer& layer) {
  layer.hadamard_keys = choice.keys.hadamard;
  if (choice.hadamard_values) fold_hadamard(layer, architecture.head_dim);
  std::vector<float> bias;
  std::vector<float> scales;
  for (const KeyNumbers& head : choice.numbers) {
    for (std::size_t i = 0; i < head.bias.size(); ++i) {
      // The scaled weights produce the stored keys.
      bias.push_back(head.bias[i] * head.scales[i]);
      scales.push_back(head.scales[i]);
    }
  }
  if (std::any_of(bias.begin(), bias.end(), [](float b) { return b != 0; })) {
    layer.key_bias = SourceVector{"key_bias", std::move(bias)};
  }
  if (choice.keys.scales) fold_key_scales(layer, architecture, std::move(scales));
}

std::vector<KvFormats> recommend_formats(const std::vector<LayerChoice>& choices,
                                         double int4_divergence, double int8_divergence,
                                         double limit) {
  std::vector<KvFormats> formats(choices.size(), KvFormat::int4);
  if (int4_divergence <= limit) return formats;
  std::vector<std::size_t> order(choices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto excess = [&](std::size_t i) {
    return std::max(0.0, choices[i].error_int4 - choices[i].error_int8);
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return excess(a) > excess(b); });
  double total = 0;
  for (const std::size_t i : order) total += excess(i);
  // A layer's contribution to INT4's divergence is assumed proportional to its share of the errors.
  double divergence = int4_divergence;
  for (const std::size_t i : order) {
    if (divergence <= limit) break;
    formats[i] = KvFormat::int8;
    divergence -= total > 0 ? (int4_divergence - int8_divergence) * excess(i) / total : 0;
  }
  return formats;
}

}  // namespace ringlet::convert
