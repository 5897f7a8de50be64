// Family-specific settings of GGUF architectures, as defined by llama.cpp's src/llama-model.cpp and
// convert_hf_to_gguf.py.
#include "source/gguf/gguf_config.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "source/errors.hpp"
#include "source/families.hpp"
#include "source/gguf/gguf_gemma.hpp"
#include "source/gguf/gguf_harmless.hpp"
#include "source/gguf/gguf_settings.hpp"
#include "source/refused_families.hpp"

namespace ringlet::convert {
namespace {

/// Rows of q and k are stored for rotation of neighbors.
void read_llama(GgufSource& source) {
  source.shape.interleaved_heads = true;
  read_gguf_windows(source, [](std::uint32_t) { return true; });
}

/// Queries grow with their position, in steps of the context before YaRN stretched it.
void read_mistral3(GgufSource& source) {
  read_llama(source);
  const GgufMetadata& metadata = source.metadata;
  Architecture& a = source.shape.architecture;
  const std::string growth = source.key("attention.temperature_scale");
  a.query_growth = static_cast<float>(metadata.number(growth, 0));
  const std::string original = source.key("rope.scaling.original_context_length");
  const std::uint32_t length =
      metadata.size(source.key("attention.temperature_length"), metadata.size(original, 0));
  if (a.query_growth == 0) return;
  a.query_growth_length = length;
  if (!(a.query_growth > 0) || length == 0) {
    fail(metadata.file_name(), ": ", growth, " = ", a.query_growth, " must be positive, beside ",
         original);
  }
}

/// A layer without heads of keys and values has a convolution.
void read_lfm2(GgufSource& source) {
  const GgufMetadata& metadata = source.metadata;
  ModelShape& shape = source.shape;
  for (const std::uint32_t layer : metadata.layers_without(source.key("attention.head_count_kv"))) {
    if (layer < shape.layers.size()) shape.layers[layer].mixer = Mixer::short_convolution;
  }
  const std::uint32_t positions = metadata.count(source.key("shortconv.l_cache"));
  if (positions < 2 || positions > 16) {
    fail(metadata.file_name(), ": ", source.key("shortconv.l_cache"), " = ", positions,
         " is not supported; 2 to 16 are");
  }
  shape.architecture.convolution = static_cast<std::uint8_t>(positions);
  shape.qk_norm = true;
  // Some converters give the last norm the name that other families have.
  if (!source.store.has(std::string(shape.names.final_norm) + ".weight")) {
    shape.names.final_norm = gguf_names.final_norm;
  }
}

/// The blocks at the end that predict more tokens are left out.
void leave_out_predictors(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  const std::uint32_t predictors = source.metadata.size(source.key("nextn_predict_layers"), 0);
  if (predictors == 0) return;
  if (predictors >= a.layers) {
    fail(source.metadata.file_name(), ": ", source.key("nextn_predict_layers"), " = ", predictors,
         " leaves no layer");
  }
  a.layers -= predictors;
  source.shape.layers.resize(a.layers);
  source.store.ignore([&](const std::string& name) {
    const std::string_view layer = source.shape.names.layer;
    if (!name.starts_with(layer)) return false;
    return std::strtoul(name.c_str() + layer.size(), nullptr, 10) >= a.layers;
  });
}

/// Gains, and the decay of states, are stored as used.
void read_qwen35(GgufSource& source) {
  const GgufMetadata& metadata = source.metadata;
  ModelShape& shape = source.shape;
  Architecture& a = shape.architecture;
  leave_out_predictors(source);
  // In a text, the positions of all sections are equal.
  (void)metadata.find(source.key("rope.dimension_sections"));
  const std::uint32_t interval = metadata.count_or(source.key("full_attention_interval"), 4);
  for (std::uint32_t i = 0; i < shape.layers.size(); ++i) {
    if ((i + 1) % interval != 0) shape.layers[i].mixer = Mixer::gated_delta;
  }
  const auto size = [&](const char* name) {
    const std::uint32_t value = metadata.count(source.key(name));
    if (value <= UINT16_MAX) return static_cast<std::uint16_t>(value);
    fail(metadata.file_name(), ": ", source.key(name), " = ", value, " is more than any model has");
  };
  const std::uint32_t positions = metadata.count(source.key("ssm.conv_kernel"));
  const std::uint32_t width = metadata.count(source.key("ssm.inner_size"));
  a.state_heads = size("ssm.time_step_rank");
  a.state_key_heads = size("ssm.group_count");
  a.state_key_dim = size("ssm.state_size");
  a.state_head_dim = static_cast<std::uint16_t>(width / a.state_heads);
  if (positions < 2 || positions > 16) {
    fail(metadata.file_name(), ": ", source.key("ssm.conv_kernel"), " = ", positions,
         " is not supported; 2 to 16 are");
  }
  if (a.state_values() != width || a.state_heads % a.state_key_heads != 0) {
    fail(metadata.file_name(), ": ", source.key("ssm.inner_size"), " = ", width,
         ", ssm.time_step_rank and ssm.group_count do not belong together");
  }
  a.convolution = static_cast<std::uint8_t>(positions);
  a.attended_gate = true;
  shape.qk_norm = shape.gated_queries = shape.decay_as_used = shape.tiled_state = true;
}

/// Rotary pairs are neighbors in this family, and its rows are stored in that order.
void read_ernie(GgufSource& source) { source.shape.interleaved_heads = true; }

/// The same order of rows. Every fourth layer has no rotary embedding.
void read_smollm3(GgufSource& source) {
  source.shape.interleaved_heads = true;
  for (std::uint32_t i = 3; i < source.shape.layers.size(); i += 4) {
    source.shape.layers[i].rotary = Rotary::none;
  }
}

void read_qwen(GgufSource&) {}

void read_phi3(GgufSource& source) {
  source.shape.fused_gate_up = true;
  read_gguf_windows(source, [](std::uint32_t) { return true; });
}

void read_gpt2(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  a.learned_positions = a.trained_context;
  a.rotary_dim = 0;
  a.activation = Activation::gelu_tanh;
  source.shape.gated = false;
}

float positive(const GgufSource& source, const char* name, double otherwise) {
  const double value = source.metadata.number(source.key(name), otherwise);
  if (!(value > 0)) {
    fail(source.metadata.file_name(), ": ", source.key(name), " = ", value, " must be positive");
  }
  return static_cast<float>(value);
}

/// Logits are divided by `logit_scale`. Rows are stored as Llama's.
void read_granite(GgufSource& source) {
  source.shape.interleaved_heads = true;
  Architecture& a = source.shape.architecture;
  a.embedding_scale = positive(source, "embedding_scale", 1);
  a.attention_scale = positive(source, "attention.scale", a.attention_scale);
  a.residual_scale = positive(source, "residual_scale", 1);
  source.shape.logit_divisor = positive(source, "logit_scale", 1);
}

/// Older files lack the multipliers, and readers disagree about what they were.
void read_minicpm(GgufSource& source) {
  for (const char* name : {"embedding_scale", "residual_scale", "logit_scale"}) {
    if (source.metadata.has(source.key(name))) continue;
    fail(source.metadata.file_name(), ": ", source.key(name),
         " is missing; convert the model's own folder instead");
  }
  read_granite(source);
}

/// OLMo 2 and 3: norms after the blocks only, and one of all heads of q and of k.
void read_olmo2(GgufSource& source) {
  ModelShape& shape = source.shape;
  shape.qk_norm_of_all = std::exchange(shape.qk_norm, false);
  shape.post_norms = true;
  const std::vector<bool> sliding = gguf_sliding_layers(source, 4);
  read_gguf_windows(source, [&](std::uint32_t i) { return sliding[i]; });
  stretch_only_full_layers(shape);
}

/// The 32B has windows, and no rotary embedding in the layers without.
void read_exaone4(GgufSource& source) {
  ModelShape& shape = source.shape;
  shape.post_norms = true;
  const std::vector<bool> sliding = gguf_sliding_layers(source, 4);
  read_gguf_windows(source, [&](std::uint32_t i) { return sliding[i]; });
  const bool any = std::any_of(shape.layers.begin(), shape.layers.end(),
                               [](const LayerShape& layer) { return layer.window != 0; });
  for (LayerShape& layer : shape.layers) {
    if (any && layer.window == 0) layer.rotary = Rotary::none;
  }
}

void read_hunyuan(GgufSource& source) {
  source.shape.architecture.norm_after_rotary = source.shape.qk_norm;
}

/// Rows are stored as Llama's.
void read_arcee(GgufSource& source) {
  source.shape.interleaved_heads = true;
  source.shape.architecture.activation = Activation::relu_squared;
  source.shape.gated = false;
}

void read_phi2(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  a.activation = Activation::gelu_tanh;
  a.parallel_blocks = true;
  source.shape.gated = false;
}

/// The exact GELU, as in the models' own code; llama.cpp approximates it.
void read_neox(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  a.activation = Activation::gelu_erf;
  a.parallel_blocks = source.metadata.flag(source.key("use_parallel_residual"), true);
  source.shape.gated = false;
}

/// StableLM 2 12B has a LayerNorm with separate gains for each head.
void read_stablelm(GgufSource& source) {
  if (!source.shape.qk_norm) return;
  fail(source.metadata.file_name(),
       ": blk.0.attn_q_norm.weight: StableLM's norms of heads (qk_layernorm) are not supported");
}

struct GgufFamily {
  const char* name;
  void (*read)(GgufSource& source);
  NormKind norm = NormKind::rms;
  const TensorNames* names = &gguf_names;
};

constexpr std::array gguf_families = {
    GgufFamily{"llama", read_llama},
    GgufFamily{"mistral3", read_mistral3},
    GgufFamily{"lfm2", read_lfm2, NormKind::rms, &gguf_lfm2_names},
    GgufFamily{"qwen35", read_qwen35, NormKind::rms, &gguf_qwen35_names},
    GgufFamily{"smollm3", read_smollm3},
    GgufFamily{"qwen2", read_qwen},
    GgufFamily{"qwen3", read_qwen},
    GgufFamily{"gemma", read_gemma},
    GgufFamily{"gemma2", read_gemma2},
    GgufFamily{"gemma3", read_gemma3},
    GgufFamily{"gemma4", read_gemma4, NormKind::rms, &gguf_gemma4_names},
    GgufFamily{"phi3", read_phi3},
    GgufFamily{"gpt2", read_gpt2, NormKind::layer},
    GgufFamily{"stablelm", read_stablelm, NormKind::layer},
    GgufFamily{"ernie4_5", read_ernie},
    GgufFamily{"seed_oss", read_qwen, NormKind::rms, &gguf_seed_oss_names},
    GgufFamily{"granite", read_granite},
    GgufFamily{"minicpm", read_minicpm},
    GgufFamily{"olmo2", read_olmo2, NormKind::rms, &gguf_olmo2_names},
    GgufFamily{"exaone4", read_exaone4, NormKind::rms, &gguf_olmo2_names},
    GgufFamily{"hunyuan-dense", read_hunyuan},
    GgufFamily{"arcee", read_arcee},
    GgufFamily{"phi2", read_phi2, NormKind::layer, &gguf_phi2_names},
    GgufFamily{"gptneox", read_neox, NormKind::layer}};

}  // namespace

ModelShape read_gguf_config(const GgufMetadata& metadata, TensorStore& store,
                            IgnoredSettings* ignored) {
  GgufSource source{.metadata = metadata, .store = store, .shape = {}};
  source.shape.family = metadata.text("general.architecture");
  const std::string& name = source.shape.family;
  for (const GgufFamily& family : gguf_families) {
    if (name != family.name || !is_known_architecture(name)) continue;
    source.shape.names = *family.names;
    read_gguf_common(source, family.norm);
    family.read(source);
    metadata.refuse_unread(source.key(""), harmless_gguf_settings(), ignored);
    return std::move(source.shape);
  }
  fail(metadata.file_name(), ": general.architecture = '", name, "'",
       refusal_of_family(reason_to_refuse(name)));
}

std::vector<std::string> gguf_family_names() {
  std::vector<std::string> names;
  names.reserve(gguf_families.size());
  for (const GgufFamily& family : gguf_families) names.emplace_back(family.name);
  return names;
}

}  // namespace ringlet::convert
