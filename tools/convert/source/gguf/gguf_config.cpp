// Family-specific settings of GGUF architectures, as defined by llama.cpp's src/llama-model.cpp and
// convert_hf_to_gguf.py.
#include "source/gguf/gguf_config.hpp"

#include <array>
#include <cmath>

#include "source/errors.hpp"
#include "source/gguf/gguf_harmless.hpp"
#include "source/gguf/gguf_settings.hpp"

namespace ringlet::convert {
namespace {

/// The largest model of a family has an attention scale that does not follow from its head size.
/// The file reveals it only by the number of layers.
void read_scale_of_largest(GgufSource& source, std::uint32_t layers_of_27b) {
  Architecture& a = source.shape.architecture;
  if (a.layers != layers_of_27b) return;
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.dim / a.heads));
}

/// Rows of q and k are stored for rotation of neighbors.
void read_llama(GgufSource& source) {
  source.shape.interleaved_heads = true;
  read_gguf_windows(source, [](std::uint32_t) { return true; });
}

/// Neighbors rotate in this family, and its rows are stored as they are.
void read_ernie(GgufSource& source) { source.shape.interleaved_heads = true; }

/// The same order of rows. Every fourth layer has no rotary embedding.
void read_smollm3(GgufSource& source) {
  source.shape.interleaved_heads = true;
  for (std::uint32_t i = 3; i < source.shape.layers.size(); i += 4) {
    source.shape.layers[i].rotary = Rotary::none;
  }
}

void read_qwen(GgufSource&) {}

/// Gains are stored as used, unlike in Gemma's own checkpoints.
void read_gemma(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  a.activation = Activation::gelu_tanh;
  a.embedding_scale = std::sqrt(static_cast<float>(a.dim));
}

void read_gemma2(GgufSource& source) {
  read_gemma(source);
  Architecture& a = source.shape.architecture;
  source.shape.post_norms = true;
  a.attention_softcap =
      static_cast<float>(source.metadata.number(source.key("attn_logit_softcapping"), 50));
  a.logit_softcap =
      static_cast<float>(source.metadata.number(source.key("final_logit_softcapping"), 30));
  read_scale_of_largest(source, 46);
  constexpr std::uint32_t usual_window = 4096;
  read_gguf_windows(
      source, [](std::uint32_t i) { return i % 2 == 0; }, usual_window);
}

/// Returns which layers have a window: as listed in the file, otherwise all but the last of every
/// `every` layers (0: all layers).
std::vector<bool> sliding_layers(const GgufSource& source, std::uint32_t every) {
  const std::string key = source.key("attention.sliding_window_pattern");
  const std::size_t layers = source.shape.layers.size();
  const GgufValue* value = source.metadata.find(key);
  if (const auto* list = value == nullptr ? nullptr : std::get_if<std::vector<bool>>(value)) {
    if (list->size() == layers) return *list;
    fail(source.metadata.file_name(), ": ", key, " has ", list->size(), " entries for ", layers,
         " layers");
  }
  const std::uint32_t pattern = source.metadata.size(key, every);
  std::vector<bool> sliding(layers, true);
  for (std::size_t i = 0; i < layers; ++i) sliding[i] = pattern == 0 || (i + 1) % pattern != 0;
  return sliding;
}

/// The scaling applies to global layers. Layers with a window have their own rotary base.
void read_gemma3(GgufSource& source) {
  read_gemma(source);
  ModelShape& shape = source.shape;
  const GgufMetadata& metadata = source.metadata;
  shape.post_norms = true;
  shape.architecture.logit_softcap =
      static_cast<float>(metadata.number(source.key("final_logit_softcapping"), 0));
  read_scale_of_largest(source, 62);
  const std::vector<bool> sliding = sliding_layers(source, 6);
  read_gguf_windows(source, [&](std::uint32_t i) { return sliding[i]; });
  bool& local = shape.architecture.local_rotary;
  for (LayerShape& layer : shape.layers) {
    if (layer.window == 0) continue;
    layer.rotary = Rotary::local;
    local = true;
  }
  if (local) {
    shape.local_rotary =
        SourceRotary{.theta = metadata.number(source.key("rope.freq_base_swa"), 10000)};
  }
}

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
    GgufFamily{"smollm3", read_smollm3},
    GgufFamily{"qwen2", read_qwen},
    GgufFamily{"qwen3", read_qwen},
    GgufFamily{"gemma", read_gemma},
    GgufFamily{"gemma2", read_gemma2},
    GgufFamily{"gemma3", read_gemma3},
    GgufFamily{"phi3", read_phi3},
    GgufFamily{"gpt2", read_gpt2, NormKind::layer},
    GgufFamily{"stablelm", read_stablelm, NormKind::layer},
    GgufFamily{"ernie4_5", read_ernie},
    GgufFamily{"seed_oss", read_qwen, NormKind::rms, &gguf_seed_oss_names}};

}  // namespace

ModelShape read_gguf_config(const GgufMetadata& metadata, TensorStore& store,
                            IgnoredSettings* ignored) {
  GgufSource source{.metadata = metadata, .store = store, .shape = {}};
  source.shape.family = metadata.text("general.architecture");
  std::string supported;
  for (const GgufFamily& family : gguf_families) {
    supported += (supported.empty() ? "" : ", ") + std::string(family.name);
    if (source.shape.family != family.name) continue;
    source.shape.names = *family.names;
    read_gguf_common(source, family.norm);
    family.read(source);
    metadata.refuse_unread(source.key(""), harmless_gguf_settings(), ignored);
    return std::move(source.shape);
  }
  fail(metadata.file_name(), ": general.architecture = '", source.shape.family,
       "' is not supported; supported are ", supported);
}

}  // namespace ringlet::convert
