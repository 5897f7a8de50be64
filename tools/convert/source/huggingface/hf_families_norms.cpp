// Families whose norms are in other places: OLMo, EXAONE, Hunyuan, BitNet; and Arcee, without a
// gate.
#include <cmath>
#include <optional>
#include <string>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_rotary.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

/// OLMo 2 (OLMo et al., 2024): norms after the blocks and none before, and norms of all heads of
/// queries and keys together.
void read_olmo2(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {}, 1e-5);
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.names = olmo2_names;
  shape.post_norms = shape.qk_norm_of_all = true;
}

/// Layers with a window have the plain rotary embedding; a config that says otherwise is refused.
void refuse_other_windows(const JsonField& config, const ModelShape& shape) {
  const std::optional<JsonField> parameters = config.find("rope_parameters");
  if (!parameters || !parameters->value().is_object()) return;
  const std::optional<JsonField> sliding = parameters->find("sliding_attention");
  if (!sliding) return;
  const bool plain = sliding->text("rope_type", "default") == "default" &&
                     sliding->number("rope_theta", shape.rotary.theta) == shape.rotary.theta;
  if (!plain) {
    sliding->refuse("layers with a window that do not rotate plainly are not supported here");
  }
}

/// The same with a window in three of four layers. Only the others stretch their rotary embedding.
void read_olmo3(const JsonField& config, ModelShape& shape) {
  read_olmo2(config, shape);
  read_windows(config, shape, config.count("sliding_window", 4096),
               [](std::uint32_t i) { return (i + 1) % 4 != 0; });
  refuse_other_windows(config, shape);
  stretch_only_full_layers(shape);
}

/// Whether the pattern is a text.
bool is_named(const JsonField& config) {
  const auto pattern = config.find("sliding_window_pattern");
  return pattern && pattern->value().is_string();
}

/// L for a layer with a window and G for one without, as a text that repeats (the last layer of the
/// model has none then), or by the number of layers up to one without.
std::string exaone_pattern(const JsonField& config) {
  if (!is_named(config)) {
    return std::string(config.count("sliding_window_pattern", 4) - 1, 'L') + "G";
  }
  const std::string pattern = config.text("sliding_window_pattern");
  if (pattern.empty() || pattern.find_first_not_of("LG") != std::string::npos) {
    config.refuse("sliding_window_pattern = \"", pattern, "\" must consist of L and G");
  }
  return pattern;
}

/// EXAONE 4: norms after the blocks, and of each head. Where there are windows, the layers without
/// have no rotary embedding.
void read_exaone4(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {}, 1e-5);
  shape.names = olmo2_names;
  shape.post_norms = shape.qk_norm = true;
  const std::uint32_t window = nullable_window(config, 4096);
  const std::string pattern = exaone_pattern(config);
  if (window == 0) return;
  const bool last_is_global = is_named(config);
  read_windows(config, shape, window, [&](std::uint32_t i) {
    if (last_is_global && i + 1 == shape.layers.size()) return false;
    return pattern[i % pattern.size()] == 'L';
  });
  for (LayerShape& layer : shape.layers) {
    if (layer.window == 0) layer.rotary = Rotary::none;
  }
}

/// Hunyuan dense: heads are normalized after rotation. "dynamic" with an alpha is a larger base.
void read_hunyuan(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {}, 1e-5);
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
  shape.qk_norm = shape.architecture.norm_after_rotary = config.flag("use_qk_norm", true);
  shape.names = hunyuan_names;
}

/// Arcee's AFM: the square of relu, without a gate.
void read_arcee(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {}, 1e-5);
  shape.architecture.activation = activation_named(config, config.text("hidden_act", "relu2"));
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
  shape.gated = false;
}

/// BitNet b1.58 2B-4T: norms before the output of attention and before the end of the feed-forward,
/// whose gate is the square of relu. Its matrices can be ternary (ternary.hpp).
void read_bitnet(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.theta = 500000}, 1e-5);
  shape.architecture.activation = activation_named(config, config.text("hidden_act", "relu2"));
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.names = bitnet_names;
}

}  // namespace

std::span<const HfFamily> hf_families_of_other_norms() {
  static constexpr HfFamily families[] = {
      {"olmo2", read_olmo2},     {"olmo3", read_olmo3},
      {"exaone4", read_exaone4}, {"hunyuan_v1_dense", read_hunyuan},
      {"arcee", read_arcee},     {"bitnet", read_bitnet}};
  return families;
}

}  // namespace ringlet::convert
