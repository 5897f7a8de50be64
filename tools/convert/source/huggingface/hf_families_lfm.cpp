// Families of Liquid AI: short convolutions, and attention in some layers.
#include <algorithm>

#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

/// The width of the feed-forward block, which older configs give as it was before it was fitted.
std::uint32_t fitted_width(const JsonField& config, std::uint32_t width) {
  constexpr const char* multiplier = "block_ffn_dim_multiplier";
  if (!config.flag("block_auto_adjust_ff_dim", true)) {
    // These are for fitting alone.
    (void)config.find(multiplier);
    (void)config.find("block_multiple_of");
    return width;
  }
  const auto named = config.value().find(multiplier);
  if (named != config.value().end() && named->is_null()) {
    (void)config.find(multiplier);
    return static_cast<std::uint32_t>(2 * std::uint64_t{width} / 3);
  }
  const double factor = config.positive(multiplier, 1);
  const std::uint64_t part = config.count("block_multiple_of", 256);
  const double fitted = factor * static_cast<double>(2 * std::uint64_t{width} / 3);
  if (!(fitted < 1U << 24)) config.refuse("the feed-forward block is too wide");
  const std::uint64_t parts = (static_cast<std::uint64_t>(fitted) + part - 1) / part;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(parts * part, UINT32_MAX));
}

void read_convolutions(const JsonField& config, ModelShape& shape) {
  std::vector<bool> attends(shape.layers.size(), !config.has("full_attn_idxs"));
  if (config.has("layer_types")) {
    const std::vector<std::string> types = config.texts("layer_types");
    require_entry_per_layer(config, "layer_types", types.size(), shape);
    for (std::size_t i = 0; i < types.size(); ++i) {
      attends[i] = types[i] == "full_attention";
      if (!attends[i] && types[i] != "conv") {
        config.refuse("layer_types has '", types[i], "', which is not supported");
      }
    }
  } else if (config.has("full_attn_idxs")) {
    for (const std::uint64_t index : config.sizes("full_attn_idxs")) {
      if (index >= attends.size()) config.refuse("full_attn_idxs has ", index, ", no layer");
      attends[index] = true;
    }
  }
  for (std::size_t i = 0; i < attends.size(); ++i) {
    if (!attends[i]) shape.layers[i].mixer = Mixer::short_convolution;
  }
}

/// LFM2 and LFM2.5, of which there are configs with two sets of names.
void read_lfm2(const JsonField& config, ModelShape& shape) {
  const char* width = config.has("block_ff_dim") ? "block_ff_dim" : "intermediate_size";
  const double theta = config.number("theta", 1000000);
  read_llama_like(config, shape, {.theta = theta}, 1e-5,
                  {.hidden_dim = width, .epsilon = "norm_eps"});
  Architecture& a = shape.architecture;
  if (!config.has("num_key_value_heads")) a.kv_heads = 8;
  check_second_name(config, "theta", shape.rotary.theta);
  check_second_name(config, "block_norm_eps", config.number("norm_eps", 1e-5));
  check_second_name(config, "num_heads", a.heads);
  for (const char* name : {"block_dim", "conv_dim", "conv_dim_out"}) {
    check_second_name(config, name, a.dim);
  }
  for (const char* name : {"use_pos_enc", "block_use_swiglu"}) {
    if (!config.flag(name, true)) config.refuse(name, " = false is not supported");
  }
  a.tied_embedding = config.flag("tie_embedding", config.flag("tie_word_embeddings", true));
  a.hidden_dim = fitted_width(config, a.hidden_dim);
  read_convolutions(config, shape);
  const std::uint32_t positions = config.count("conv_L_cache", 3);
  if (positions < 2 || positions > 16) {
    config.refuse("conv_L_cache = ", positions, " is not supported; 2 to 16 are");
  }
  a.convolution = static_cast<std::uint8_t>(positions);
  shape.convolution_bias = config.flag("conv_bias", false);
  shape.qk_norm = true;
  shape.names = lfm2_names;
}

}  // namespace

std::span<const HfFamily> hf_lfm_families() {
  static constexpr HfFamily families[] = {{"lfm2", read_lfm2}};
  return families;
}

}  // namespace ringlet::convert
