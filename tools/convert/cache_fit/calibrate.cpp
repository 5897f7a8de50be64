#include "cache_fit/calibrate.hpp"

#include "cache_fit/fold_hadamard.hpp"
#include "model/weights.hpp"

namespace ringlet::convert {
namespace {

/// INT4 is recommended up to this mean KL divergence from an unquantized cache, in nats.
constexpr double divergence_limit = 0.002;

/// The rotary frequencies of a layer; none if it does not rotate.
std::span<const std::uint64_t> steps_of(const Model& model, Rotary rotary, std::uint32_t context) {
  if (rotary == Rotary::none) return {};
  return {rotary_frequencies(model, rotary, context), model.architecture().rotary_dim / 2};
}

/// Scales cannot be folded into normalized heads or into codes that are carried over. A bias goes
/// before rotation, and so before a norm behind it; what attention reads meets a gain for each
/// value before wo.
CacheOptions options_for(const SourceLayer& layer, const Architecture& a, CacheOptions options) {
  const bool fixed = layer.q_norm || layer.k_norm || layer.all_q_norm || layer.all_k_norm ||
                     layer.wq.stored_as || layer.wk.stored_as;
  if (fixed) options.key_scales = false;
  if (a.norm_after_rotary) options.key_bias = false;
  if (layer.attended_norm || layer.attended_gate) options.hadamard_values = false;
  return options;
}

}  // namespace

CacheReport calibrate_cache(const Model& draft, const CacheOptions& options, const Machine& machine,
                            SourceModel& source) {
  const Architecture& a = draft.architecture();
  const OwnText text = write_own_text(draft, machine, options.tokens);
  CacheReport report;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    if (source.layers[i].mixer != Mixer::attention) {
      report.layers.emplace_back();
      continue;
    }
    const LayerSample sample{
        .architecture = a,
        .captured = text.layers[i],
        .texts = text.texts,
        .length = text.length,
        .rotary_frequencies = steps_of(draft, source.layers[i].rotary, text.length)};
    report.layers.push_back(choose_for_layer(sample, options_for(source.layers[i], a, options)));
    apply_choice(report.layers.back(), a, source.layers[i]);
  }
  return report;
}

void recommend_formats(const Model& model, const CacheOptions& options, const Machine& machine,
                       CacheReport& report, SourceModel& source) {
  constexpr KvFormats k8v4{KvFormat::int8, KvFormat::int4};
  const std::vector<CacheDistance> measured =
      measure_caches(model, machine, options.tokens, {KvFormat::int8, k8v4, KvFormat::int4});
  report.int8 = measured[0];
  report.k8v4 = measured[1];
  report.int4 = measured[2];
  const std::vector<KvFormats> formats = recommend_formats(
      report.layers, report.int4.divergence, report.int8.divergence, divergence_limit);
  for (std::size_t i = 0; i < source.layers.size(); ++i) {
    const bool attends = source.layers[i].mixer == Mixer::attention;
    source.layers[i].kv = attends ? options.formats.value_or(formats[i]) : KvFormat::int8;
  }
}

void decide_without_measuring(const CacheOptions& options, SourceModel& source) {
  for (SourceLayer& layer : source.layers) {
    layer.kv = KvFormat::int8;
    if (layer.mixer != Mixer::attention) continue;
    layer.kv = options.formats.value_or(KvFormats(KvFormat::int8));
    layer.hadamard_keys = options.hadamard_keys.value_or(true);
    const bool may_fold = !layer.attended_norm && !layer.attended_gate;
    if (may_fold && options.hadamard_values.value_or(true))
      fold_hadamard(layer, source.architecture.head_dim);
  }
}

}  // namespace ringlet::convert
