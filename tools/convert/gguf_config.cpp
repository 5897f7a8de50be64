#include "gguf_config.hpp"

#include <array>
#include <cmath>

#include "errors.hpp"
#include "hf_rotary.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t most_blocks = 4096;

/// What the families add to what all have in common.
class ConfigReader {
 public:
  ConfigReader(const GgufMetadata& metadata, TensorStore& store)
      : metadata_(metadata), store_(store) {
    shape_.family = metadata.text("general.architecture");
    shape_.names = gguf_names;
  }

  ModelShape read();

 private:
  [[nodiscard]] std::string key(const char* name) const { return shape_.family + "." + name; }
  [[nodiscard]] std::uint32_t count(const char* name) const { return metadata_.count(key(name)); }

  void refuse_unsupported() const;
  void read_sizes();
  void read_epsilon();
  void read_rotary();
  void read_longrope();
  void read_parts();

  void read_llama();
  void read_smollm3();
  void read_qwen();
  void read_gemma();
  void read_gemma2();
  void read_gemma3();
  void read_phi3();
  void read_gpt2();
  void read_stablelm();

  template <typename IsSliding>
  void read_windows(IsSliding is_sliding) {
    const std::uint32_t window = metadata_.size(key("attention.sliding_window"), 0);
    for (std::uint32_t i = 0; i < shape_.layers.size(); ++i) {
      if (is_sliding(i)) shape_.layers[i].window = window;
    }
  }

  struct Family {
    const char* name;
    void (ConfigReader::*read)();
  };
  static constexpr std::size_t family_count = 10;
  static const std::array<Family, family_count> families;

  const GgufMetadata& metadata_;
  TensorStore& store_;
  ModelShape shape_;
};

const std::array<ConfigReader::Family, ConfigReader::family_count> ConfigReader::families = {
    Family{"llama", &ConfigReader::read_llama},   Family{"smollm3", &ConfigReader::read_smollm3},
    Family{"qwen2", &ConfigReader::read_qwen},    Family{"qwen3", &ConfigReader::read_qwen},
    Family{"gemma", &ConfigReader::read_gemma},   Family{"gemma2", &ConfigReader::read_gemma2},
    Family{"gemma3", &ConfigReader::read_gemma3}, Family{"phi3", &ConfigReader::read_phi3},
    Family{"gpt2", &ConfigReader::read_gpt2},     Family{"stablelm", &ConfigReader::read_stablelm}};

void ConfigReader::refuse_unsupported() const {
  if (metadata_.size("split.count", 1) > 1) {
    fail(metadata_.file_name(), ": split.count: this is one of several files; merge them first");
  }
  if (metadata_.size(key("expert_count"), 0) > 0) {
    fail(metadata_.file_name(), ": ", key("expert_count"),
         ": mixtures of experts are not supported");
  }
  if (metadata_.flag(key("use_parallel_residual"), false) && shape_.family != "gpt2") {
    fail(metadata_.file_name(), ": ", key("use_parallel_residual"), " is not supported");
  }
}

void ConfigReader::read_sizes() {
  Architecture& a = shape_.architecture;
  a.dim = count("embedding_length");
  a.hidden_dim = count("feed_forward_length");
  a.layers = count("block_count");
  a.heads = count("attention.head_count");
  a.kv_heads = metadata_.size(key("attention.head_count_kv"), a.heads);
  a.context = count("context_length");
  if (a.layers > most_blocks || a.heads > a.dim) {
    fail(metadata_.file_name(), ": ", key("block_count"), " = ", a.layers, " and ",
         key("attention.head_count"), " = ", a.heads, " are more than any model has");
  }
  a.head_dim = metadata_.size(key("attention.key_length"), a.dim / a.heads);
  const std::uint32_t values = metadata_.size(key("attention.value_length"), a.head_dim);
  if (values != a.head_dim) {
    fail(metadata_.file_name(), ": ", key("attention.value_length"), " = ", values,
         " differs from the size of keys, ", a.head_dim, ", which is not supported");
  }
  const auto& embedding = store_.take(std::string(gguf_names.embedding) + ".weight");
  if (embedding.shape.size() != 2 || embedding.rows() > 0x7FFFFFFF) {
    fail(metadata_.file_name(), ": token_embd.weight must be a matrix");
  }
  a.vocab_size = static_cast<std::uint32_t>(embedding.rows());
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.head_dim));
  shape_.layers.resize(a.layers);
}

void ConfigReader::read_epsilon() {
  Architecture& a = shape_.architecture;
  const char* rms = "attention.layer_norm_rms_epsilon";
  const bool is_rms = metadata_.has(key(rms));
  a.norm = is_rms ? NormKind::rms : NormKind::layer;
  a.norm_epsilon =
      static_cast<float>(metadata_.number(key(is_rms ? rms : "attention.layer_norm_epsilon")));
}

/// The presence of a tensor in the first layer stands for all; the others then must have it too.
void ConfigReader::read_parts() {
  const auto has = [&](const char* part, const char* suffix) {
    return store_.has(std::string(gguf_names.layer) + "0." + part + suffix);
  };
  shape_.architecture.tied_head = !store_.has(std::string(gguf_names.head) + ".weight");
  shape_.fused_qkv = has(gguf_names.qkv, ".weight");
  shape_.qkv_bias = has(shape_.fused_qkv ? gguf_names.qkv : gguf_names.q, ".bias");
  shape_.output_bias = has(gguf_names.o, ".bias");
  shape_.mlp_bias = has(gguf_names.down, ".bias");
  shape_.norm_bias = has(gguf_names.attention_norm, ".bias");
  shape_.qk_norm = has(gguf_names.q_norm, ".weight");
}

void ConfigReader::read_longrope() {
  Architecture& a = shape_.architecture;
  const char* short_name = "rope_factors_short.weight";
  if (!store_.has(short_name)) return;
  const std::uint32_t original =
      metadata_.size(key("rope.scaling.original_context_length"), a.context);
  const auto factors = [&](const char* name) {
    const std::vector<float> values = store_.vector(name, a.rotary_dim / 2).values;
    return std::vector<double>(values.begin(), values.end());
  };
  shape_.rotary.factors = factors(short_name);
  shape_.long_rotary =
      SourceRotary{.theta = shape_.rotary.theta, .factors = factors("rope_factors_long.weight")};
  shape_.long_above = original;
  const float usual = longrope_scale(static_cast<double>(a.context) / original, original);
  a.rotary_scale = static_cast<float>(
      metadata_.number(key("rope.scaling.attn_factor"), static_cast<double>(usual)));
}

void ConfigReader::read_rotary() {
  Architecture& a = shape_.architecture;
  a.rotary_dim = metadata_.size(key("rope.dimension_count"), a.head_dim);
  if (a.rotary_dim > most_rotary_dimensions) {
    fail(metadata_.file_name(), ": ", key("rope.dimension_count"), " = ", a.rotary_dim,
         " is more than is supported");
  }
  shape_.rotary.theta = metadata_.number(key("rope.freq_base"), 10000);
  const std::string type = metadata_.text(key("rope.scaling.type"), "none");
  if (type == "linear") {
    shape_.rotary.factors.assign(a.rotary_dim / 2, metadata_.number(key("rope.scaling.factor")));
  } else if (type != "none" && type != "longrope") {
    fail(metadata_.file_name(), ": ", key("rope.scaling.type"), " = '", type,
         "' is not supported; none, linear and longrope are");
  }
  const char* frequencies = "rope_freqs.weight";
  if (store_.has(frequencies)) {
    const std::vector<float> values = store_.vector(frequencies, a.rotary_dim / 2).values;
    shape_.rotary.factors.assign(values.begin(), values.end());
  }
  read_longrope();
}

void ConfigReader::read_llama() {
  shape_.interleaved_heads = true;
  read_windows([](std::uint32_t) { return true; });
}

/// Every fourth layer has no rotary embedding.
void ConfigReader::read_smollm3() {
  shape_.interleaved_heads = true;
  for (std::uint32_t i = 3; i < shape_.layers.size(); i += 4) {
    shape_.layers[i].rotary = Rotary::none;
  }
}

void ConfigReader::read_qwen() {}

/// Gains are stored as they are used, unlike in Gemma's own checkpoints.
void ConfigReader::read_gemma() {
  Architecture& a = shape_.architecture;
  a.activation = Activation::gelu_tanh;
  a.embedding_scale = std::sqrt(static_cast<float>(a.dim));
}

void ConfigReader::read_gemma2() {
  constexpr std::uint32_t layers_of_27b = 46;
  read_gemma();
  Architecture& a = shape_.architecture;
  shape_.post_norms = true;
  a.attention_softcap = static_cast<float>(metadata_.number(key("attn_logit_softcapping"), 50));
  a.logit_softcap = static_cast<float>(metadata_.number(key("final_logit_softcapping"), 30));
  // The one size whose scale is not that of its heads; the file does not say so.
  if (a.layers == layers_of_27b) {
    a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.dim / a.heads));
  }
  read_windows([](std::uint32_t i) { return i % 2 == 0; });
}

void ConfigReader::read_gemma3() {
  constexpr std::uint32_t layers_of_27b = 62;
  constexpr std::uint32_t pattern = 6;
  constexpr double local_theta = 10000;
  read_gemma();
  Architecture& a = shape_.architecture;
  shape_.post_norms = true;
  if (!metadata_.has(key("rope.freq_base"))) shape_.rotary.theta = 1000000;
  if (a.layers == layers_of_27b) {
    a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.dim / a.heads));
  }
  read_windows([](std::uint32_t i) { return (i + 1) % pattern != 0; });
  for (LayerShape& layer : shape_.layers) {
    if (layer.window != 0) layer.rotary = Rotary::local;
    a.local_rotary = a.local_rotary || layer.window != 0;
  }
  if (a.local_rotary) shape_.local_rotary = SourceRotary{.theta = local_theta};
}

void ConfigReader::read_phi3() {
  shape_.fused_gate_up = true;
  read_windows([](std::uint32_t) { return true; });
}

void ConfigReader::read_gpt2() {
  Architecture& a = shape_.architecture;
  a.positions = a.context;
  a.rotary_dim = 0;
  a.activation = Activation::gelu_tanh;
  shape_.gated = false;
}

void ConfigReader::read_stablelm() {}

ModelShape ConfigReader::read() {
  for (const Family& family : families) {
    if (shape_.family != family.name) continue;
    refuse_unsupported();
    read_sizes();
    read_epsilon();
    read_rotary();
    read_parts();
    (this->*family.read)();
    return std::move(shape_);
  }
  std::string supported;
  for (const Family& family : families) {
    supported += (supported.empty() ? "" : ", ") + std::string(family.name);
  }
  fail(metadata_.file_name(), ": general.architecture = '", shape_.family,
       "' is not supported; supported are ", supported);
}

}  // namespace

ModelShape read_gguf_config(const GgufMetadata& metadata, TensorStore& store) {
  return ConfigReader(metadata, store).read();
}

}  // namespace ringlet::convert
