// GPT-2, nanoGPT and GPT-Neo.
#include "support/families_parts.hpp"

namespace ringlet::test {

/// GPT-2 stores its matrices with inputs as rows; nanoGPT stores them the usual way round.
Made make_gpt2(bool nano) {
  Made made;
  FolderMaker& maker = made.maker;
  made.weights.heads = made.weights.kv_heads = heads;
  made.weights.head_dim = head_dim;
  constexpr std::size_t width = heads * head_dim;
  const auto put = [&](const std::string& name, const reference::Matrix& matrix) {
    nano ? maker.store(name, matrix) : maker.store_transposed(name, matrix);
  };
  for (std::size_t i = 0; i < layers; ++i) {
    const auto name = [&](const char* part) {
      return "transformer.h." + std::to_string(i) + "." + part;
    };
    reference::Layer layer;
    layer.attention_norm = maker.stored_vector(name("ln_1.weight"), width, 1);
    layer.attention_norm_bias = maker.stored_vector(name("ln_1.bias"), width);
    const reference::Matrix qkv = maker.matrix(3 * width, width);
    put(name("attn.c_attn.weight"), qkv);
    const std::vector<double> biases = maker.stored_vector(name("attn.c_attn.bias"), 3 * width);
    reference::Matrix* parts[] = {&layer.wq, &layer.wk, &layer.wv};
    std::vector<double>* bias_parts[] = {&layer.bq, &layer.bk, &layer.bv};
    for (std::size_t p = 0; p < 3; ++p) {
      const auto begin = qkv.values.begin() + static_cast<std::ptrdiff_t>(p * width * width);
      *parts[p] = {width, width, {begin, begin + static_cast<std::ptrdiff_t>(width * width)}};
      const auto bias = biases.begin() + static_cast<std::ptrdiff_t>(p * width);
      *bias_parts[p] = {bias, bias + static_cast<std::ptrdiff_t>(width)};
    }
    layer.wo = maker.matrix(width, width);
    put(name("attn.c_proj.weight"), layer.wo);
    layer.bo = maker.stored_vector(name("attn.c_proj.bias"), width);
    layer.ffn_norm = maker.stored_vector(name("ln_2.weight"), width, 1);
    layer.ffn_norm_bias = maker.stored_vector(name("ln_2.bias"), width);
    layer.w_up = maker.matrix(4 * width, width);
    put(name("mlp.c_fc.weight"), layer.w_up);
    layer.b_up = maker.stored_vector(name("mlp.c_fc.bias"), 4 * width);
    layer.w_down = maker.matrix(width, 4 * width);
    put(name("mlp.c_proj.weight"), layer.w_down);
    layer.b_down = maker.stored_vector(name("mlp.c_proj.bias"), width);
    made.weights.layers.push_back(std::move(layer));
  }
  made.weights.embedding = maker.stored_matrix("transformer.wte.weight", vocabulary, width);
  made.weights.positions = maker.stored_matrix("transformer.wpe.weight", 128, width);
  made.weights.final_norm = maker.stored_vector("transformer.ln_f.weight", width, 1);
  made.weights.final_norm_bias = maker.stored_vector("transformer.ln_f.bias", width);
  made.weights.head = made.weights.embedding;
  maker.store("lm_head.weight", made.weights.embedding);  // tied, and stored all the same
  made.weights.layer_norm = true;
  made.weights.norm_epsilon = 1e-5;
  made.weights.attention_scale = 1 / std::sqrt(static_cast<double>(head_dim));
  made.weights.activation =
      nano ? reference::Activation::gelu_erf : reference::Activation::gelu_tanh;
  made.config = {
      {"vocab_size", vocabulary}, {"n_embd", width}, {"n_layer", layers}, {"n_head", heads}};
  if (nano) {
    made.config.update({{"block_size", 128}, {"bias", true}});
  } else {
    made.config.update({{"model_type", "gpt2"}, {"n_positions", 128}});
  }
  return made;
}

// GPT-Neo, the family of the original TinyStories: q, k and v apart and without biases, scores that
// are not scaled, every other layer with a window. Heads of 6 are fewer than the runtime computes.
static Made make_gpt_neo() {
  Made made;
  FolderMaker& maker = made.maker;
  constexpr std::size_t size = 6;
  constexpr std::size_t width = heads * size;
  made.weights.heads = made.weights.kv_heads = heads;
  made.weights.head_dim = size;
  for (std::size_t i = 0; i < layers; ++i) {
    const auto name = [&](const char* part) {
      return "transformer.h." + std::to_string(i) + "." + part;
    };
    reference::Layer layer;
    layer.attention_norm = maker.stored_vector(name("ln_1.weight"), width, 1);
    layer.attention_norm_bias = maker.stored_vector(name("ln_1.bias"), width);
    layer.wq = maker.stored_matrix(name("attn.attention.q_proj.weight"), width, width);
    layer.wk = maker.stored_matrix(name("attn.attention.k_proj.weight"), width, width);
    layer.wv = maker.stored_matrix(name("attn.attention.v_proj.weight"), width, width);
    layer.wo = maker.stored_matrix(name("attn.attention.out_proj.weight"), width, width);
    layer.bo = maker.stored_vector(name("attn.attention.out_proj.bias"), width);
    layer.ffn_norm = maker.stored_vector(name("ln_2.weight"), width, 1);
    layer.ffn_norm_bias = maker.stored_vector(name("ln_2.bias"), width);
    layer.w_up = maker.stored_matrix(name("mlp.c_fc.weight"), 4 * width, width);
    layer.b_up = maker.stored_vector(name("mlp.c_fc.bias"), 4 * width);
    layer.w_down = maker.stored_matrix(name("mlp.c_proj.weight"), width, 4 * width);
    layer.b_down = maker.stored_vector(name("mlp.c_proj.bias"), width);
    if (i % 2 == 1) layer.window = 9;
    maker.store(name("attn.attention.masked_bias"), std::vector<double>{-1e9});
    made.weights.layers.push_back(std::move(layer));
  }
  made.weights.embedding = maker.stored_matrix("transformer.wte.weight", vocabulary, width);
  made.weights.positions = maker.stored_matrix("transformer.wpe.weight", 128, width);
  made.weights.final_norm = maker.stored_vector("transformer.ln_f.weight", width, 1);
  made.weights.final_norm_bias = maker.stored_vector("transformer.ln_f.bias", width);
  made.weights.head = made.weights.embedding;
  made.weights.layer_norm = true;
  made.weights.norm_epsilon = 1e-5;
  made.weights.attention_scale = 1;
  made.weights.activation = reference::Activation::gelu_tanh;
  made.config = {{"model_type", "gpt_neo"}, {"vocab_size", vocabulary},
                 {"hidden_size", width},    {"num_layers", layers},
                 {"num_heads", heads},      {"max_position_embeddings", 128},
                 {"window_size", 9}};
  made.config["attention_types"] = nlohmann::json::parse(R"([[["global","local"],2]])");
  made.config["attention_layers"] = {"global", "local", "global", "local"};
  return made;
}

std::span<const Family> gpt2_families() {
  static constexpr Family families[] = {
      {"gpt2", [] { return make_gpt2(false); }, "gpt2"},
      {"nanogpt", [] { return make_gpt2(true); }},
      {"gpt_neo", make_gpt_neo, nullptr, nullptr, false, true},
  };
  return families;
}

}  // namespace ringlet::test
