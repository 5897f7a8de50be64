#include "cache_fit/calibrate.hpp"

#include <algorithm>

#include "cache_fit/fold_hadamard.hpp"
#include "model/weights.hpp"

namespace ringlet::convert {
namespace {

/// INT4 is recommended up to this mean KL divergence from an unquantized cache, in nats.
constexpr double divergence_limit = 0.002;

/// The rotary frequencies of a layer; none if it does not rotate.
std::span<const std::uint64_t> steps_of(const Model& model, Rotary rotary, std::uint32_t rotary_dim,
                                        std::uint32_t context) {
  if (rotary == Rotary::none) return {};
  return {rotary_frequencies(model, rotary, context), rotary_dim / 2};
}

/// Whether a layer stores keys and values.
bool has_cache(const SourceLayer& layer) {
  return layer.mixer == Mixer::attention && !layer.cache_of;
}

/// Whether a later layer reads the cache of layer `index`. Its format is INT8 then.
bool lends(const SourceModel& source, std::uint32_t index) {
  return std::any_of(source.layers.begin(), source.layers.end(),
                     [&](const SourceLayer& layer) { return layer.cache_of == index; });
}

/// Whether values can be transformed before they are stored, and back by wo. The norm of a head
/// with equal gains does not change that.
bool may_turn_values(const SourceLayer& layer) {
  const auto differs = [&](float gain) { return gain != layer.v_norm->values.front(); };
  const bool uneven = layer.v_norm && std::any_of(layer.v_norm->values.begin(),
                                                  layer.v_norm->values.end(), differs);
  return !uneven && !layer.values_are_keys && !layer.attended_norm && !layer.attended_gate;
}

/// Queries of a layer that reads another's cache get the transform of its keys.
void share_transforms(SourceModel& source) {
  for (SourceLayer& layer : source.layers) {
    if (layer.cache_of) layer.hadamard_keys = source.layers[*layer.cache_of].hadamard_keys;
  }
}

/// Scales cannot be folded into normalized heads or into codes that are carried over. A bias goes
/// before rotation, and so before a norm behind it; what attention reads meets a gain for each
/// value before wo.
CacheOptions options_for(const SourceLayer& layer, const Architecture& a, CacheOptions options) {
  const bool fixed = layer.q_norm || layer.k_norm || layer.all_q_norm || layer.all_k_norm ||
                     layer.wq.stored_as || layer.wk.stored_as;
  if (fixed) options.key_scales = false;
  if (a.norm_after_rotary) options.key_bias = false;
  if (!may_turn_values(layer)) options.hadamard_values = false;
  return options;
}

/// What a lender stores must be what its readers expect.
CacheOptions options_for_lender(CacheOptions options) {
  options.key_scales = options.key_bias = options.hadamard_values = false;
  return options;
}

}  // namespace

CacheReport calibrate_cache(const Model& draft, const CacheOptions& options, const Machine& machine,
                            SourceModel& source) {
  const Architecture& a = draft.architecture();
  const OwnText text = write_own_text(draft, machine, options.tokens);
  CacheReport report;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    if (!has_cache(source.layers[i])) {
      report.layers.emplace_back();
      continue;
    }
    const Architecture own = with_sizes_of(a, source.layers[i]);
    const LayerSample sample{.architecture = own,
                             .captured = text.layers[i],
                             .texts = text.texts,
                             .length = text.length,
                             .rotary_frequencies = steps_of(draft, source.layers[i].rotary,
                                                            own.rotary_dim, text.length)};
    CacheOptions allowed = options_for(source.layers[i], own, options);
    if (lends(source, i)) allowed = options_for_lender(allowed);
    report.layers.push_back(choose_for_layer(sample, allowed));
    apply_choice(report.layers.back(), own, source.layers[i]);
  }
  share_transforms(source);
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
    const bool chooses =
        has_cache(source.layers[i]) && !lends(source, static_cast<std::uint32_t>(i));
    source.layers[i].kv = chooses ? options.formats.value_or(formats[i]) : KvFormat::int8;
  }
}

void decide_without_measuring(const CacheOptions& options, SourceModel& source) {
  for (std::uint32_t i = 0; i < source.layers.size(); ++i) {
    SourceLayer& layer = source.layers[i];
    layer.kv = KvFormat::int8;
    if (!has_cache(layer)) continue;
    layer.hadamard_keys = options.hadamard_keys.value_or(true);
    if (lends(source, i)) continue;
    layer.kv = options.formats.value_or(KvFormats(KvFormat::int8));
    if (may_turn_values(layer) && options.hadamard_values.value_or(true)) {
      fold_hadamard(layer, with_sizes_of(source.architecture, layer).head_dim);
    }
  }
  share_transforms(source);
}

}  // namespace ringlet::convert
