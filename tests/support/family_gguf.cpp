#include "support/family_gguf.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "support/gguf_maker.hpp"

namespace ringlet::test {
namespace {

using Tensor = FolderMaker::Tensor;
using Names = std::pair<const char*, const char*>;

/// Longer ones before those that they contain.
constexpr std::array names = {Names{"transformer.h.", "blk."},
                              Names{"transformer.wte", "token_embd"},
                              Names{"transformer.wpe", "position_embd"},
                              Names{"transformer.ln_f", "output_norm"},
                              Names{"ln_1", "attn_norm"},
                              Names{"ln_2", "ffn_norm"},
                              Names{"attn.c_attn", "attn_qkv"},
                              Names{"attn.c_proj", "attn_output"},
                              Names{"mlp.c_fc", "ffn_up"},
                              Names{"mlp.c_proj", "ffn_down"},
                              Names{"gpt_neox.layers.", "blk."},
                              Names{"gpt_neox.embed_in", "token_embd"},
                              Names{"gpt_neox.final_layer_norm", "output_norm"},
                              Names{"embed_out", "output"},
                              Names{"attention.query_key_value", "attn_qkv"},
                              Names{"attention.dense", "attn_output"},
                              Names{"mlp.dense_h_to_4h", "ffn_up"},
                              Names{"mlp.dense_4h_to_h", "ffn_down"},
                              Names{"conv.in_proj", "shortconv.in_proj"},
                              Names{"conv.out_proj", "shortconv.out_proj"},
                              Names{"conv.conv", "shortconv.conv"},
                              Names{"model.embedding_norm", "token_embd_norm"},
                              Names{"operator_norm", "attn_norm"},
                              Names{"feed_forward.w1", "ffn_gate"},
                              Names{"feed_forward.w2", "ffn_down"},
                              Names{"feed_forward.w3", "ffn_up"},
                              Names{"self_attn.q_layernorm", "attn_q_norm"},
                              Names{"self_attn.k_layernorm", "attn_k_norm"},
                              Names{"self_attn.out_proj", "attn_output"},
                              Names{"linear_attn.in_proj_qkv", "attn_qkv"},
                              Names{"linear_attn.in_proj_z", "attn_gate"},
                              Names{"linear_attn.in_proj_b", "ssm_beta"},
                              Names{"linear_attn.in_proj_a", "ssm_alpha"},
                              Names{"linear_attn.conv1d", "ssm_conv1d"},
                              Names{"linear_attn.A_log", "ssm_a"},
                              Names{"linear_attn.dt_bias", "ssm_dt.bias"},
                              Names{"linear_attn.norm", "ssm_norm"},
                              Names{"linear_attn.out_proj", "ssm_out"},
                              Names{"self_attn.query_layernorm", "attn_q_norm"},
                              Names{"self_attn.key_layernorm", "attn_k_norm"},
                              Names{"self_attn.dense", "attn_output"},
                              Names{"mlp.fc1", "ffn_up"},
                              Names{"mlp.fc2", "ffn_down"},
                              Names{"model.final_layernorm", "output_norm"},
                              Names{"model.layers.", "blk."},
                              Names{"model.embed_tokens_per_layer", "per_layer_token_embd"},
                              Names{"model.per_layer_model_projection", "per_layer_model_proj"},
                              Names{"model.per_layer_projection_norm", "per_layer_proj_norm"},
                              Names{"post_per_layer_input_norm", "post_norm"},
                              Names{"per_layer_input_gate", "inp_gate"},
                              Names{"per_layer_projection", "proj"},
                              Names{"layer_scalar", "layer_output_scale.weight"},
                              Names{"model.embed_tokens", "token_embd"},
                              Names{"model.norm", "output_norm"},
                              Names{"lm_head", "output"},
                              Names{"self_attn.qkv_proj", "attn_qkv"},
                              Names{"self_attn.q_proj", "attn_q"},
                              Names{"self_attn.k_proj", "attn_k"},
                              Names{"self_attn.v_proj", "attn_v"},
                              Names{"self_attn.o_proj", "attn_output"},
                              Names{"self_attn.q_norm", "attn_q_norm"},
                              Names{"self_attn.k_norm", "attn_k_norm"},
                              Names{"mlp.gate_up_proj", "ffn_up"},
                              Names{"mlp.gate_proj", "ffn_gate"},
                              Names{"mlp.up_proj", "ffn_up"},
                              Names{"mlp.down_proj", "ffn_down"},
                              Names{"input_layernorm", "attn_norm"},
                              Names{"pre_feedforward_layernorm", "ffn_norm"},
                              Names{"post_feedforward_layernorm", "post_ffw_norm"}};

std::string renamed(std::string name, bool norms_after_blocks) {
  const Names ambiguous = {"post_attention_layernorm",
                           norms_after_blocks ? "post_attention_norm" : "ffn_norm"};
  const auto replace = [&](const Names& pair) {
    const std::size_t at = name.find(pair.first);
    if (at != std::string::npos) name.replace(at, std::string(pair.first).size(), pair.second);
  };
  for (const Names& pair : names) replace(pair);
  replace(ambiguous);
  return name;
}

/// Rows of a head from halves to neighbours: row i of the first half becomes 2i, of the second 2i
/// + 1.
void interleave(Tensor& tensor) {
  const std::size_t rows = tensor.shape[0];
  const std::size_t columns = tensor.values.size() / rows;
  constexpr std::size_t size = FamilySizes::head_dim;
  const std::vector<double> old = tensor.values;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t i = row % size;
    const std::size_t to = row - i + (i < size / 2 ? 2 * i : 2 * (i - size / 2) + 1);
    for (std::size_t k = 0; k < columns; ++k) {
      tensor.values[to * columns + k] = old[row * columns + k];
    }
  }
}

void transpose(Tensor& tensor) {
  const std::size_t rows = tensor.shape[0];
  const std::size_t columns = tensor.shape[1];
  const std::vector<double> old = tensor.values;
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t k = 0; k < columns; ++k) tensor.values[k * rows + n] = old[n * columns + k];
  }
  std::swap(tensor.shape[0], tensor.shape[1]);
}

/// Heads of values from neighbours that share a head of keys to the first of each, then the second
/// of each: `count` numbers of a head in every row from `first` on.
void tile(Tensor& tensor, std::size_t first, std::size_t count) {
  constexpr std::size_t key_heads = 2, shared = 2;
  const std::vector<double> old = tensor.values;
  for (std::size_t h = 0; h < key_heads * shared; ++h) {
    const std::size_t to = h % shared * key_heads + h / shared;
    for (std::size_t i = 0; i < count; ++i) {
      tensor.values[first + to * count + i] = old[first + h * count + i];
    }
  }
}

/// From q, k and v of each head to all q, all k and all v.
void unstack(Tensor& tensor) {
  constexpr std::size_t size = FamilySizes::head_dim;
  const std::size_t rows = tensor.shape[0];
  const std::size_t columns = tensor.values.size() / rows;
  const std::vector<double> old = tensor.values;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t head = row / (3 * size);
    const std::size_t part = row / size % 3;
    const std::size_t to = part * rows / 3 + head * size + row % size;
    for (std::size_t k = 0; k < columns; ++k) {
      tensor.values[to * columns + k] = old[row * columns + k];
    }
  }
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

bool is_one_of(const std::string& name, std::initializer_list<const char*> names_of_some) {
  return std::ranges::find(names_of_some, name) != names_of_some.end();
}

/// What llama.cpp's converter does to Qwen3.5: heads of values are tiled, decays no logarithms.
void convert_state(Tensor& tensor) {
  const std::size_t row = tensor.values.size() / tensor.shape[0];
  constexpr std::size_t dim = 32, values = 4 * dim;
  const bool is_of_all = contains(tensor.name, "in_proj_qkv") || contains(tensor.name, "conv1d");
  if (is_of_all) tile(tensor, tensor.values.size() - values * row, dim * row);
  if (contains(tensor.name, "in_proj_z")) tile(tensor, 0, dim * row);
  for (const char* name : {"in_proj_b", "in_proj_a", "A_log", "dt_bias"}) {
    if (contains(tensor.name, name)) tile(tensor, 0, row);
  }
  for (std::size_t n = 0; contains(tensor.name, "linear_attn.out_proj") && n < tensor.shape[0]; ++n)
    tile(tensor, n * values, dim);
  for (double& value : tensor.values) {
    if (contains(tensor.name, "A_log")) value = -std::exp(value);
  }
}

void put(GgufMaker& file, const std::string& name, const Tensor& tensor) {
  std::string data;
  for (const double value : tensor.values) data += GgufMaker::raw(static_cast<float>(value));
  file.tensor(name, {tensor.shape.rbegin(), tensor.shape.rend()}, 0, data);
}

void put_tensor(GgufMaker& file, Tensor tensor, const std::string& architecture) {
  std::erase(tensor.shape, std::size_t{1});
  if (tensor.shape.empty()) tensor.shape = {1};
  const bool gemma = architecture.starts_with("gemma") && architecture != "gemma4";
  if (contains(tensor.name, "query_key_value")) unstack(tensor);
  if (is_one_of(architecture, {"llama", "mistral3", "smollm3", "granite", "minicpm", "arcee"})) {
    if (contains(tensor.name, "q_proj") || contains(tensor.name, "k_proj")) interleave(tensor);
  }
  if (architecture == "gpt2" && contains(tensor.name, ".c_") && tensor.name.ends_with(".weight")) {
    transpose(tensor);
  }
  const bool less_one = architecture == "qwen35" && !contains(tensor.name, "linear_attn");
  if (architecture == "qwen35" && contains(tensor.name, "linear_attn")) convert_state(tensor);
  if ((gemma || less_one) && tensor.name.ends_with("norm.weight")) {
    for (double& value : tensor.values) value += 1;
  }
  const bool after_blocks =
      is_one_of(architecture, {"gemma2", "gemma3", "gemma4", "seed_oss", "olmo2", "exaone4"});
  std::string name = renamed(tensor.name, after_blocks);
  // There both blocks have norms of those names.
  if (architecture == "qwen35" && name.ends_with("ffn_norm.weight")) {
    name.replace(name.find("ffn_norm"), 8, "post_attention_norm");
  }
  if (!name.starts_with("mtp.")) put(file, name, tensor);
}

/// The factors by which rotary frequencies are divided, as the reference has them.
void put_llama3_factors(GgufMaker& file, const MadeFamily& made) {
  Tensor factors;
  const std::vector<double>& scaled = made.weights.layers[0].frequencies;
  factors.shape = {scaled.size()};
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / FamilySizes::head_dim;
    factors.values.push_back(std::pow(made.config["rope_theta"].get<double>(), exponent) /
                             scaled[i]);
  }
  put(file, "rope_freqs.weight", factors);
}

void put_yarn(GgufMaker& file, const std::string& architecture, const nlohmann::json& scaling) {
  const std::string prefix = architecture + ".rope.scaling.";
  if (scaling.contains("attention_factor")) {
    file.real(prefix + "attn_factor",
              static_cast<float>(scaling["attention_factor"].get<double>() /
                                 (0.1 * std::log(scaling["factor"].get<double>()) + 1)));
  }
  file.text(prefix + "type", "yarn");
  file.number(prefix + "original_context_length", scaling["original_max_position_embeddings"]);
  for (const auto& [key, name] : {Names{"factor", "factor"}, Names{"beta_fast", "yarn_beta_fast"},
                                  Names{"beta_slow", "yarn_beta_slow"}}) {
    file.real(prefix + name, scaling[key].get<float>());
  }
}

void put_longrope(GgufMaker& file, const MadeFamily& made) {
  const auto& scaling = made.config["rope_scaling"];
  file.number("phi3.rope.scaling.original_context_length",
              made.config["original_max_position_embeddings"]);
  file.real("phi3.rope.scaling.attn_factor", static_cast<float>(made.weights.rotary_scale));
  file.number("phi3.rope.dimension_count", FamilySizes::head_dim * 3 / 4);
  for (const char* which : {"long", "short"}) {
    Tensor factors;
    factors.values = scaling[std::string(which) + "_factor"].get<std::vector<double>>();
    factors.shape = {factors.values.size()};
    put(file, std::string("rope_factors_") + which + ".weight", factors);
  }
}

/// The divisor of logits is in the gains of the last norm already where the reference has it.
void put_multipliers(GgufMaker& file, const MadeFamily& made, const std::string& a) {
  const bool granite = a == "granite";
  file.real(a + ".embedding_scale", static_cast<float>(made.weights.embedding_scale));
  file.real(a + ".residual_scale", static_cast<float>(made.weights.residual_scale));
  file.real(a + ".logit_scale", granite ? made.config["logits_scaling"].get<float>() : 3.0F);
  if (granite) file.real(a + ".attention.scale", static_cast<float>(made.weights.attention_scale));
}

/// Gemma 4's sizes of each layer, and the factors of rotary pairs, of which llama.cpp's converter
/// makes those huge that do not rotate.
void put_lists(GgufMaker& file, const MadeFamily& made) {
  const auto list = [&](const char* key, auto size_of) {
    std::string text = GgufMaker::raw(std::uint32_t{4}) + GgufMaker::raw(std::uint64_t{4});
    for (const reference::Layer& layer : made.weights.layers) {
      text += GgufMaker::raw(static_cast<std::uint32_t>(size_of(layer)));
    }
    file.entry(std::string("gemma4.") + key, 9, text);
  };
  list("feed_forward_length", [](const reference::Layer& layer) { return layer.w_up.rows; });
  list("attention.head_count_kv", [](const reference::Layer& layer) { return layer.kv_heads; });
  std::string windows = GgufMaker::raw(std::uint32_t{7}) + GgufMaker::raw(std::uint64_t{4});
  for (const reference::Layer& layer : made.weights.layers) {
    windows += static_cast<char>(layer.window != 0 ? 1 : 0);
  }
  file.entry("gemma4.attention.sliding_window_pattern", 9, windows);
  Tensor factors;
  const std::vector<double>& own = made.weights.layers[1].frequencies;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double plain = std::pow(1e6, -static_cast<double>(i) / static_cast<double>(own.size()));
    factors.values.push_back(own[i] == 0 ? 1e30 : plain / own[i]);
  }
  factors.shape = {factors.values.size()};
  put(file, "rope_freqs.weight", factors);
}

/// The keys that every architecture has.
void put_sizes(GgufMaker& file, const MadeFamily& made, const std::string& a) {
  const bool gpt2 = a == "gpt2";
  const std::size_t dim = gpt2 ? FamilySizes::heads * FamilySizes::head_dim : FamilySizes::dim;
  const auto number = [&](const char* key, std::size_t value) {
    file.number(a + "." + key, static_cast<std::uint32_t>(value));
  };
  file.text("general.architecture", a);
  number("context_length", 128);
  number("embedding_length", dim);
  number("block_count", FamilySizes::layers);
  if (a != "gemma4") number("feed_forward_length", gpt2 ? 4 * dim : FamilySizes::hidden);
  number("attention.head_count", FamilySizes::heads);
  file.real(a + (made.weights.layer_norm ? ".attention.layer_norm_epsilon"
                                         : ".attention.layer_norm_rms_epsilon"),
            static_cast<float>(made.weights.norm_epsilon));
  if (gpt2) return;
  if (a == "gemma4") {
    put_lists(file, made);
  } else if (a == "lfm2") {
    std::string list = GgufMaker::raw(std::uint32_t{4}) + GgufMaker::raw(std::uint64_t{4});
    for (const reference::Layer& layer : made.weights.layers) {
      list += GgufMaker::raw(
          static_cast<std::uint32_t>(layer.taps.empty() ? made.weights.kv_heads : 0));
    }
    file.entry("lfm2.attention.head_count_kv", 9, list);
    number("shortconv.l_cache", 3);
  } else {
    number("attention.head_count_kv", made.weights.kv_heads);
  }
  const std::size_t head_dim = made.weights.layers[1].head_dim;  // of a layer without a window
  number("attention.key_length", head_dim != 0 ? head_dim : FamilySizes::head_dim);
  number("attention.value_length", head_dim != 0 ? head_dim : FamilySizes::head_dim);
  if (made.config.contains("rope_theta")) {
    file.real(a + ".rope.freq_base", made.config["rope_theta"].get<float>());
  }
  if (made.config.contains("sliding_window")) {
    number("attention.sliding_window", made.config["sliding_window"].get<std::size_t>());
  }
}

void put_more(GgufMaker& file, const MadeFamily& made, const std::string& a) {
  if (a == "gemma2") {
    file.real("gemma2.attn_logit_softcapping", static_cast<float>(made.weights.attention_softcap));
    file.real("gemma2.final_logit_softcapping", static_cast<float>(made.weights.logit_softcap));
  } else if (a == "gemma3") {
    file.number("gemma3.attention.sliding_window_pattern", made.config["sliding_window_pattern"]);
    file.text("gemma3.rope.scaling.type", "linear");
    file.real("gemma3.rope.scaling.factor", made.config["rope_scaling"]["factor"].get<float>());
  } else if (a == "gemma4") {
    const nlohmann::json& config = made.config;
    for (const char* name :
         {"attention.key_length_swa", "attention.value_length_swa", "rope.dimension_count_swa"}) {
      file.number("gemma4." + std::string(name), FamilySizes::head_dim);
    }
    file.number("gemma4.rope.dimension_count", config["global_head_dim"]);
    file.real("gemma4.rope.freq_base", 1e6F);
    file.real("gemma4.rope.freq_base_swa", 1e4F);
    file.real("gemma4.final_logit_softcapping", static_cast<float>(made.weights.logit_softcap));
    file.number("gemma4.attention.shared_kv_layers", config["num_kv_shared_layers"]);
    file.number("gemma4.embedding_length_per_layer_input", config["hidden_size_per_layer_input"]);
  } else if (a == "stablelm") {
    file.number("stablelm.rope.dimension_count", FamilySizes::head_dim / 4);
    // As the converter sets it for every model whose configuration does not mention it.
    file.truth("stablelm.use_parallel_residual", true);
  } else if (a == "phi3") {
    put_longrope(file, made);
  } else if (a == "llama" && made.config.contains("rope_scaling")) {
    const nlohmann::json& scaling = made.config["rope_scaling"];
    scaling["rope_type"] == "yarn" ? put_yarn(file, a, scaling) : put_llama3_factors(file, made);
  } else if (a == "mistral3") {
    const nlohmann::json& scaling = made.config["rope_parameters"];
    put_yarn(file, a, scaling);
    file.real("mistral3.rope.freq_base", scaling["rope_theta"].get<float>());
    file.real("mistral3.rope.scaling.yarn_log_multiplier", scaling["mscale_all_dim"].get<float>());
    file.real("mistral3.attention.temperature_scale", scaling["llama_4_scaling_beta"].get<float>());
  } else if (a == "olmo2" && made.config.contains("rope_scaling")) {
    put_yarn(file, a, made.config["rope_scaling"]);
  } else if (a == "granite" || a == "minicpm") {
    put_multipliers(file, made, a);
  } else if (a == "hunyuan-dense") {
    const double exponent = FamilySizes::head_dim / (FamilySizes::head_dim - 2.0);
    const double alpha = made.config["rope_scaling"]["alpha"];
    file.real("hunyuan-dense.rope.freq_base",
              static_cast<float>(10000 * std::pow(alpha, exponent)));
  } else if (a == "qwen35") {
    for (const auto& [key, value] :
         {std::pair{"ssm.conv_kernel", 4U}, std::pair{"ssm.inner_size", 128U},
          std::pair{"ssm.state_size", 16U}, std::pair{"ssm.time_step_rank", 4U},
          std::pair{"ssm.group_count", 2U}, std::pair{"full_attention_interval", 2U},
          std::pair{"rope.dimension_count", 4U}}) {
      file.number("qwen35." + std::string(key), value);
    }
    file.real("qwen35.rope.freq_base", 1e7F);
  } else if (a == "phi2") {
    file.number("phi2.rope.dimension_count", FamilySizes::head_dim / 2);
  } else if (a == "gptneox") {
    file.number("gptneox.rope.dimension_count", FamilySizes::head_dim / 4);
    file.truth("gptneox.use_parallel_residual", true);
  }
}

}  // namespace

std::string gguf_of(const MadeFamily& made, const std::string& architecture) {
  GgufMaker file;
  put_sizes(file, made, architecture);
  put_more(file, made, architecture);
  for (const Tensor& tensor : made.maker.tensors()) put_tensor(file, tensor, architecture);
  return file.bytes();
}

}  // namespace ringlet::test
