#include "support/family_gguf_tensors.hpp"

#include <algorithm>
#include <array>
#include <utility>

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

}  // namespace

void put_floats(GgufMaker& file, const std::string& name, const Tensor& tensor) {
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
  if (!name.starts_with("mtp.")) put_floats(file, name, tensor);
}

}  // namespace ringlet::test
