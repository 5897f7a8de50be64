#include "source/gguf/gguf_settings.hpp"

#include <cmath>

#include "source/errors.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {
namespace {

void refuse_unsupported(const GgufSource& source) {
  const GgufMetadata& metadata = source.metadata;
  if (metadata.size(source.key("expert_count"), 0) > 0) {
    fail(metadata.file_name(), ": ", source.key("expert_count"),
         ": mixtures of experts are not supported");
  }
}

/// Layers with a window can have heads of another size in Gemma 4 only.
void refuse_other_sizes_of_windows(const GgufSource& source) {
  const GgufMetadata& metadata = source.metadata;
  const std::uint32_t head_dim = source.shape.architecture.head_dim;
  const std::uint32_t turned = metadata.size(source.key("rope.dimension_count"), head_dim);
  const std::pair<const char*, std::uint32_t> sizes[] = {{"attention.key_length_swa", head_dim},
                                                         {"attention.value_length_swa", head_dim},
                                                         {"rope.dimension_count_swa", turned}};
  for (const auto& [name, expected] : sizes) {
    const std::uint32_t size = metadata.size(source.key(name), expected);
    if (size != expected) {
      fail(metadata.file_name(), ": ", source.key(name), " = ", size, " differs from ", expected,
           ", that of the other layers, which is not supported");
    }
  }
}

std::uint32_t positive_size(const GgufMetadata& metadata, const std::string& key) {
  if (!metadata.has(key)) fail(metadata.file_name(), ": ", key, " is missing");
  const std::uint32_t size = metadata.uniform_size(key, 0);
  if (size == 0) fail(metadata.file_name(), ": ", key, " must be at least 1");
  return size;
}

std::uint32_t size_of_first(const GgufMetadata& metadata, const std::string& key,
                            std::uint32_t layers) {
  if (layers == 0 || layers > most_layers) fail(metadata.file_name(), " has ", layers, " layers");
  return metadata.sizes(key, layers).front();
}

void read_sizes(GgufSource& source) {
  const GgufMetadata& metadata = source.metadata;
  const auto key = [&](const char* name) { return source.key(name); };
  Architecture& a = source.shape.architecture;
  a.dim = metadata.count(key("embedding_length"));
  a.layers = metadata.count(key("block_count"));
  a.heads = positive_size(metadata, key("attention.head_count"));
  // Layers can differ where each has an input of its own.
  const bool differ = *source.shape.names.input_gate != '\0';
  a.hidden_dim = differ ? size_of_first(metadata, key("feed_forward_length"), a.layers)
                        : positive_size(metadata, key("feed_forward_length"));
  // A layer with a convolution has no heads of keys and values.
  const bool convolves = *source.shape.names.taps != '\0';
  a.kv_heads = differ      ? size_of_first(metadata, key("attention.head_count_kv"), a.layers)
               : convolves ? metadata.size_of_others(key("attention.head_count_kv"), a.heads)
                           : metadata.uniform_size(key("attention.head_count_kv"), a.heads);
  a.trained_context = metadata.count(key("context_length"));
  if (a.layers > most_layers || a.heads > a.dim) {
    fail(metadata.file_name(), ": ", key("block_count"), " = ", a.layers, " and ",
         key("attention.head_count"), " = ", a.heads, " is more than any model has");
  }
  a.head_dim = metadata.size(key("attention.key_length"), a.dim / a.heads);
  const std::uint32_t values = metadata.size(key("attention.value_length"), a.head_dim);
  if (values != a.head_dim) {
    fail(metadata.file_name(), ": ", key("attention.value_length"), " = ", values,
         " differs from the size of keys, ", a.head_dim, ", which is not supported");
  }
  if (!differ) refuse_other_sizes_of_windows(source);
  const auto& embedding = source.store.take(std::string(gguf_names.embedding) + ".weight");
  if (embedding.shape.size() != 2 || embedding.rows() > 0x7FFFFFFF) {
    fail(metadata.file_name(), ": token_embd.weight must be a matrix");
  }
  a.vocab_size = static_cast<std::uint32_t>(embedding.rows());
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.head_dim));
  source.shape.layers.resize(a.layers);
}

void read_epsilon(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  const bool is_rms = a.norm == NormKind::rms;
  a.norm_epsilon = static_cast<float>(source.metadata.number(
      source.key(is_rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon")));
}

void read_parts(GgufSource& source) {
  ModelShape& shape = source.shape;
  const TensorNames& n = shape.names;
  // Converters set `use_parallel_residual` also for models that are not parallel. Tensors are
  // reliable.
  if (*n.ffn_norm != '\0' && !source.has(n.ffn_norm, ".weight")) {
    fail(source.metadata.file_name(), ": has no blk.0.", n.ffn_norm,
         ".weight: attention and feed-forward in "
         "parallel (use_parallel_residual) are not supported");
  }
  shape.architecture.tied_embedding = !source.store.has(std::string(n.lm_head) + ".weight");
  shape.fused_qkv = source.has(n.qkv, ".weight");
  shape.qkv_bias = source.has(shape.fused_qkv ? n.qkv : n.q, ".bias");
  shape.output_bias = source.has(n.o, ".bias");
  shape.mlp_bias = source.has(n.down, ".bias");
  shape.norm_bias = source.has(n.attention_norm, ".bias");
  shape.qk_norm = source.has(n.q_norm, ".weight");
  shape.head_bias = source.store.has(std::string(n.lm_head) + ".bias");
}

}  // namespace

bool GgufSource::has(const char* part, const char* suffix) const {
  return store.has(std::string(shape.names.layer) + "0." + part + suffix);
}

void read_gguf_common(GgufSource& source, NormKind norm) {
  source.shape.architecture.norm = norm;
  refuse_unsupported(source);
  read_sizes(source);
  read_epsilon(source);
  read_gguf_rotary(source);
  read_parts(source);
}

std::vector<bool> gguf_sliding_layers(const GgufSource& source, std::uint32_t every) {
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

}  // namespace ringlet::convert
