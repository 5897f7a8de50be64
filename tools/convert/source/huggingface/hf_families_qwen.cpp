// Qwen3.5: gated delta rules, and gated attention in every fourth layer.
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

void read_mixers(const JsonField& config, ModelShape& shape) {
  const std::uint32_t interval = config.count("full_attention_interval", 4);
  std::vector<std::string> types;
  if (config.has("layer_types")) {
    types = config.texts("layer_types");
    require_entry_per_layer(config, "layer_types", types.size(), shape);
  }
  for (std::uint32_t i = 0; i < shape.layers.size(); ++i) {
    bool attends = (i + 1) % interval == 0;
    if (!types.empty()) {
      attends = types[i] == "full_attention";
      if (!attends && types[i] != "linear_attention") {
        config.refuse("layer_types has '", types[i], "', which is not supported");
      }
    }
    if (!attends) shape.layers[i].mixer = Mixer::gated_delta;
  }
}

std::uint16_t state_size(const JsonField& config, const char* name, std::uint32_t otherwise) {
  const std::uint32_t size = config.count(name, otherwise);
  if (size > UINT16_MAX) config.refuse(name, " = ", size, " is more than any model has");
  return static_cast<std::uint16_t>(size);
}

/// Defaults as in configuration_qwen3_5.py: Qwen3_5TextConfig.
void read_qwen3_5(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.theta = 10000000, .partial = 0.25, .ignores_sections = true});
  if (!config.has("head_dim")) config.refuse("head_dim is missing");
  if (!config.flag("attn_output_gate", true)) {
    config.refuse("attn_output_gate = false is not supported");
  }
  read_mixers(config, shape);
  if (config.flag("attention_bias", false)) {
    config.refuse("attention_bias = true is not supported: gates of attention have no bias");
  }
  shape.qk_norm = true;
  shape.gated_queries = true;
  shape.names = qwen3_5_names;
  Architecture& a = shape.architecture;
  a.attended_gate = true;
  bool any = false;
  for (const LayerShape& layer : shape.layers) any = any || layer.mixer == Mixer::gated_delta;
  const std::uint32_t positions = config.count("linear_conv_kernel_dim", 4);
  const std::uint16_t key_dim = state_size(config, "linear_key_head_dim", 128);
  const std::uint16_t head_dim = state_size(config, "linear_value_head_dim", 128);
  const std::uint16_t key_heads = state_size(config, "linear_num_key_heads", 16);
  const std::uint16_t heads = state_size(config, "linear_num_value_heads", 32);
  if (!any) return;
  if (positions < 2 || positions > 16) {
    config.refuse("linear_conv_kernel_dim = ", positions, " is not supported; 2 to 16 are");
  }
  if (heads % key_heads != 0) {
    config.refuse("linear_num_key_heads = ", key_heads, " does not divide ", heads);
  }
  a.convolution = static_cast<std::uint8_t>(positions);
  a.state_key_dim = key_dim;
  a.state_head_dim = head_dim;
  a.state_key_heads = key_heads;
  a.state_heads = heads;
}

}  // namespace

std::span<const HfFamily> hf_qwen_families() {
  static constexpr HfFamily families[] = {{"qwen3_5", read_qwen3_5},
                                          {"qwen3_5_text", read_qwen3_5}};
  return families;
}

/// Where nothing else tells, the gains themselves do: as used they are near 1, less 1 near 0.
static bool are_less_one(TensorStore& store, const ModelShape& shape) {
  const std::string name = std::string(shape.names.layer) + "0.input_layernorm.weight";
  if (!store.has(name)) return false;
  double sum = 0;
  for (const float gain : store.vector(name, shape.architecture.dim).values) sum += double{gain};
  return sum < 0.5 * shape.architecture.dim;
}

void settle_gains(TensorStore& store, bool predicts_more, ModelShape& shape) {
  if (*shape.names.delta_qkv == '\0') return;
  bool is_published = predicts_more;
  bool convolves = false;
  store.for_each([&](const StoredTensor& tensor) {
    if (!tensor.name.ends_with("conv1d.weight") || tensor.shape.empty()) return;
    convolves = true;
    is_published = is_published || tensor.shape.back() != 1;
  });
  if (!convolves && !predicts_more) is_published = are_less_one(store, shape);
  shape.gain_offset = is_published ? 1 : 0;
}

}  // namespace ringlet::convert
