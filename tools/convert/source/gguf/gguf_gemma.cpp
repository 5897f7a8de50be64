#include "source/gguf/gguf_gemma.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "source/errors.hpp"
#include "source/families.hpp"

namespace ringlet::convert {
namespace {

/// The largest model of a family has an attention scale that does not follow from its head size.
/// The file reveals it only by the number of layers.
void read_scale_of_largest(GgufSource& source, std::uint32_t layers_of_27b) {
  Architecture& a = source.shape.architecture;
  if (a.layers != layers_of_27b) return;
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.dim / a.heads));
}

/// A list with a number for each layer, or one for all.
std::vector<std::uint32_t> sizes_of_layers(const GgufSource& source, const char* name) {
  return source.metadata.sizes(source.key(name), source.shape.layers.size());
}

}  // namespace

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

/// The scaling applies to global layers. Layers with a window have their own rotary base.
void read_gemma3(GgufSource& source) {
  read_gemma(source);
  ModelShape& shape = source.shape;
  const GgufMetadata& metadata = source.metadata;
  shape.post_norms = true;
  shape.architecture.logit_softcap =
      static_cast<float>(metadata.number(source.key("final_logit_softcapping"), 0));
  read_scale_of_largest(source, 62);
  const std::vector<bool> sliding = gguf_sliding_layers(source, 6);
  read_gguf_windows(source, [&](std::uint32_t i) { return sliding[i]; });
  bool& local = shape.architecture.local_rotary;
  for (LayerShape& layer : shape.layers) {
    if (layer.window == 0) continue;
    layer.rotary = Rotary::local;
    local = true;
  }
  if (local) {
    shape.architecture.local_rotary_dim = static_cast<std::uint16_t>(shape.architecture.rotary_dim);
    shape.local_rotary =
        SourceRotary{.theta = metadata.number(source.key("rope.freq_base_swa"), 10000)};
  }
}

/// Layers with and without a window have heads of their own sizes. The table of factors says which
/// pairs of the latter rotate.
void read_gemma4(GgufSource& source) {
  read_gemma3(source);
  ModelShape& shape = source.shape;
  const GgufMetadata& metadata = source.metadata;
  Architecture& a = shape.architecture;
  a.attention_scale = 1;
  shape.value_norm = true;
  shape.output_scale = source.has(shape.names.output_scale, "");
  const std::uint32_t local_head_dim =
      metadata.size(source.key("attention.key_length_swa"), a.head_dim);
  const std::uint32_t values =
      metadata.size(source.key("attention.value_length_swa"), local_head_dim);
  if (values != local_head_dim) {
    fail(metadata.file_name(), ": ", source.key("attention.value_length_swa"), " = ", values,
         " differs from the size of keys, ", local_head_dim, ", which is not supported");
  }
  const std::uint32_t local_rotary =
      metadata.size(source.key("rope.dimension_count_swa"), local_head_dim);
  const std::vector<std::uint32_t> kv_heads = sizes_of_layers(source, "attention.head_count_kv");
  const std::vector<std::uint32_t> hidden = sizes_of_layers(source, "feed_forward_length");
  if (a.local_rotary) a.local_rotary_dim = static_cast<std::uint16_t>(local_rotary);
  for (std::uint32_t i = 0; i < shape.layers.size(); ++i) {
    LayerShape& layer = shape.layers[i];
    if (layer.window != 0 && local_head_dim != a.head_dim) layer.head_dim = local_head_dim;
    if (kv_heads[i] != a.kv_heads) layer.kv_heads = kv_heads[i];
    if (hidden[i] != a.hidden_dim) layer.hidden_dim = hidden[i];
    const std::string own = shape.names.layer + std::to_string(i) + "." + shape.names.v;
    layer.values_are_keys = !source.store.has(own + ".weight");
  }
  const std::uint32_t readers = metadata.size(source.key("attention.shared_kv_layers"), 0);
  if (readers >= shape.layers.size()) {
    fail(metadata.file_name(), ": ", source.key("attention.shared_kv_layers"), " = ", readers,
         " leaves no layer with a cache");
  }
  lend_caches(static_cast<std::uint32_t>(shape.layers.size()) - readers, shape);
  const std::uint32_t inputs = metadata.size(source.key("embedding_length_per_layer_input"), 0);
  if (inputs > a.dim) {
    fail(metadata.file_name(), ": ", source.key("embedding_length_per_layer_input"), " = ", inputs,
         " is more than the width of the model");
  }
  a.per_layer_dim = static_cast<std::uint16_t>(inputs);
}

}  // namespace ringlet::convert
