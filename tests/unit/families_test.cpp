// Every family that can be converted: a small model of random weights is written as a Hugging Face
// folder, imported, converted without quantization and decoded, and its logits are those of the
// float64 reference. Each make_… below is the family's published definition in terms of the
// reference; the file names and the config are those of its published checkpoints.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "convert_checkpoint.hpp"
#include "huggingface.hpp"
#include "support/folder_maker.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Json = nlohmann::json;

constexpr std::size_t vocabulary = 40, dim = 48, hidden = 72, layers = 4, heads = 4, kv_heads = 2,
                      head_dim = 16;

/// A family's folder and what it means.
struct Made {
  FolderMaker maker{17};
  Json config;
  reference::Weights weights;
};

std::vector<double> frequencies(double theta, std::size_t rotary_dim) {
  std::vector<double> list(rotary_dim / 2);
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i] = std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(rotary_dim));
  }
  return list;
}

/// The settings that most families share.
void start(Made& made, const char* model_type) {
  made.config = {{"model_type", model_type},
                 {"vocab_size", vocabulary},
                 {"hidden_size", dim},
                 {"intermediate_size", hidden},
                 {"num_hidden_layers", layers},
                 {"num_attention_heads", heads},
                 {"num_key_value_heads", kv_heads},
                 {"head_dim", head_dim},
                 {"max_position_embeddings", 128},
                 {"rms_norm_eps", 1e-5},
                 {"tie_word_embeddings", false}};
  made.weights.heads = heads;
  made.weights.kv_heads = kv_heads;
  made.weights.head_dim = head_dim;
  made.weights.norm_epsilon = 1e-5;
  made.weights.attention_scale = 1 / std::sqrt(static_cast<double>(head_dim));
}

std::string in_layer(std::size_t index, const char* part) {
  return "model.layers." + std::to_string(index) + "." + part;
}

/// Attention and feed-forward as in Llama, without norms.
reference::Layer llama_matrices(FolderMaker& maker, std::size_t i) {
  constexpr std::size_t q = heads * head_dim;
  constexpr std::size_t kv = kv_heads * head_dim;
  reference::Layer layer;
  layer.wq = maker.stored_matrix(in_layer(i, "self_attn.q_proj.weight"), q, dim);
  layer.wk = maker.stored_matrix(in_layer(i, "self_attn.k_proj.weight"), kv, dim);
  layer.wv = maker.stored_matrix(in_layer(i, "self_attn.v_proj.weight"), kv, dim);
  layer.wo = maker.stored_matrix(in_layer(i, "self_attn.o_proj.weight"), dim, q);
  layer.w_gate = maker.stored_matrix(in_layer(i, "mlp.gate_proj.weight"), hidden, dim);
  layer.w_up = maker.stored_matrix(in_layer(i, "mlp.up_proj.weight"), hidden, dim);
  layer.w_down = maker.stored_matrix(in_layer(i, "mlp.down_proj.weight"), dim, hidden);
  layer.frequencies = frequencies(10000, head_dim);
  return layer;
}

void add_qkv_biases(FolderMaker& maker, std::size_t i, reference::Layer& layer) {
  layer.bq = maker.stored_vector(in_layer(i, "self_attn.q_proj.bias"), heads * head_dim);
  layer.bk = maker.stored_vector(in_layer(i, "self_attn.k_proj.bias"), kv_heads * head_dim);
  layer.bv = maker.stored_vector(in_layer(i, "self_attn.v_proj.bias"), kv_heads * head_dim);
}

void add_llama_norms(FolderMaker& maker, std::size_t i, reference::Layer& layer) {
  layer.attention_norm = maker.stored_vector(in_layer(i, "input_layernorm.weight"), dim, 1);
  layer.ffn_norm = maker.stored_vector(in_layer(i, "post_attention_layernorm.weight"), dim, 1);
}

void add_ends(Made& made, bool tied) {
  made.weights.embedding = made.maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  made.weights.final_norm = made.maker.stored_vector("model.norm.weight", dim, 1);
  made.weights.head =
      tied ? made.weights.embedding : made.maker.stored_matrix("lm_head.weight", vocabulary, dim);
  made.config["tie_word_embeddings"] = tied;
}

/// A model like Llama; `finish` changes each layer after its number.
template <typename Finish>
Made llama_like(const char* model_type, bool tied, Finish finish) {
  Made made;
  start(made, model_type);
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = llama_matrices(made.maker, i);
    add_llama_norms(made.maker, i, layer);
    finish(made, i, layer);
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, tied);
  return made;
}

// Llama 3.1: wavelengths beyond original/low are stretched by the factor, those below original/high
// stay, in between the inverse is interpolated (Meta's reference implementation).
double llama3_frequency(double frequency) {
  const double factor = 8, low = 1, high = 4, original = 64;
  const double wavelength = 2 * std::numbers::pi / frequency;
  if (wavelength < original / high) return frequency;
  if (wavelength > original / low) return frequency / factor;
  const double smooth = (original / wavelength - low) / (high - low);
  return (1 - smooth) * frequency / factor + smooth * frequency;
}

Made make_llama() {
  Made made = llama_like("llama", false, [](Made& m, std::size_t i, reference::Layer& layer) {
    add_qkv_biases(m.maker, i, layer);
    layer.bo = m.maker.stored_vector(in_layer(i, "self_attn.o_proj.bias"), dim);
    layer.b_gate = m.maker.stored_vector(in_layer(i, "mlp.gate_proj.bias"), hidden);
    layer.b_up = m.maker.stored_vector(in_layer(i, "mlp.up_proj.bias"), hidden);
    layer.b_down = m.maker.stored_vector(in_layer(i, "mlp.down_proj.bias"), dim);
    layer.frequencies = frequencies(500000, head_dim);
    for (double& frequency : layer.frequencies) frequency = llama3_frequency(frequency);
  });
  made.config.update({{"attention_bias", true}, {"mlp_bias", true}, {"rope_theta", 500000.0}});
  made.config["rope_scaling"] = {{"rope_type", "llama3"},
                                 {"factor", 8.0},
                                 {"low_freq_factor", 1.0},
                                 {"high_freq_factor", 4.0},
                                 {"original_max_position_embeddings", 64}};
  return made;
}

Made make_mistral() {
  Made made = llama_like("mistral", false,
                         [](Made&, std::size_t, reference::Layer& layer) { layer.window = 9; });
  made.config["sliding_window"] = 9;
  return made;
}

Made make_qwen2() {
  Made made = llama_like("qwen2", true, [](Made& m, std::size_t i, reference::Layer& layer) {
    add_qkv_biases(m.maker, i, layer);
    if (i >= 2) layer.window = 7;
  });
  made.config.update(
      {{"use_sliding_window", true}, {"sliding_window", 7}, {"max_window_layers", 2}});
  return made;
}

Made make_qwen3() {
  return llama_like("qwen3", true, [](Made& m, std::size_t i, reference::Layer& layer) {
    layer.q_norm = m.maker.stored_vector(in_layer(i, "self_attn.q_norm.weight"), head_dim, 1);
    layer.k_norm = m.maker.stored_vector(in_layer(i, "self_attn.k_norm.weight"), head_dim, 1);
  });
}

Made make_smollm3() {
  Made made = llama_like("smollm3", true, [](Made&, std::size_t i, reference::Layer& layer) {
    layer.frequencies = i % 4 == 3 ? std::vector<double>{} : frequencies(2000000, head_dim);
  });
  made.config["rope_theta"] = 2000000.0;
  made.config["no_rope_layers"] = {1, 1, 1, 0};
  return made;
}

/// Gemma stores the gains of its norms less one.
std::vector<double> gemma_gain(FolderMaker& maker, const std::string& name, std::size_t length) {
  std::vector<double> gain = maker.stored_vector(name, length);
  for (double& value : gain) value += 1;
  return gain;
}

void finish_gemma(Made& made) {
  made.weights.embedding = made.maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  made.weights.head = made.weights.embedding;
  made.weights.final_norm = gemma_gain(made.maker, "model.norm.weight", dim);
  // The implementations compute the root in single precision.
  made.weights.embedding_scale = static_cast<double>(std::sqrt(static_cast<float>(dim)));
  made.weights.activation = reference::Activation::gelu_tanh;
  made.config["tie_word_embeddings"] = true;
  made.config["hidden_activation"] = "gelu_pytorch_tanh";
}

Made make_gemma() {
  Made made;
  start(made, "gemma");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = llama_matrices(made.maker, i);
    layer.attention_norm = gemma_gain(made.maker, in_layer(i, "input_layernorm.weight"), dim);
    layer.ffn_norm = gemma_gain(made.maker, in_layer(i, "post_attention_layernorm.weight"), dim);
    made.weights.layers.push_back(std::move(layer));
  }
  finish_gemma(made);
  return made;
}

reference::Layer gemma_layer_with_norms(FolderMaker& maker, std::size_t i) {
  reference::Layer layer = llama_matrices(maker, i);
  layer.attention_norm = gemma_gain(maker, in_layer(i, "input_layernorm.weight"), dim);
  layer.post_attention_norm =
      gemma_gain(maker, in_layer(i, "post_attention_layernorm.weight"), dim);
  layer.ffn_norm = gemma_gain(maker, in_layer(i, "pre_feedforward_layernorm.weight"), dim);
  layer.post_ffn_norm = gemma_gain(maker, in_layer(i, "post_feedforward_layernorm.weight"), dim);
  return layer;
}

Made make_gemma2() {
  Made made;
  start(made, "gemma2");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = gemma_layer_with_norms(made.maker, i);
    if (i % 2 == 0) layer.window = 8;
    made.weights.layers.push_back(std::move(layer));
  }
  finish_gemma(made);
  // Small caps, so that leaving one out would be seen.
  made.weights.attention_softcap = 1.5;
  made.weights.logit_softcap = 2;
  made.weights.attention_scale = 1 / std::sqrt(24.0);
  made.config.update({{"sliding_window", 8},
                      {"attn_logit_softcapping", 1.5},
                      {"final_logit_softcapping", 2.0},
                      {"query_pre_attn_scalar", 24}});
  return made;
}

Made make_gemma3() {
  Made made;
  start(made, "gemma3_text");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = gemma_layer_with_norms(made.maker, i);
    layer.q_norm = gemma_gain(made.maker, in_layer(i, "self_attn.q_norm.weight"), head_dim);
    layer.k_norm = gemma_gain(made.maker, in_layer(i, "self_attn.k_norm.weight"), head_dim);
    const bool global = (i + 1) % 3 == 0;
    layer.window = global ? 0 : 8;
    layer.frequencies = frequencies(global ? 1000000 : 10000, head_dim);
    if (global) {
      for (double& frequency : layer.frequencies) frequency /= 8;  // linear scaling
    }
    made.weights.layers.push_back(std::move(layer));
  }
  finish_gemma(made);
  made.weights.attention_scale = 1 / std::sqrt(256.0);
  made.config.update({{"sliding_window", 8},
                      {"sliding_window_pattern", 3},
                      {"rope_theta", 1000000.0},
                      {"rope_local_base_freq", 10000.0}});
  made.config["rope_scaling"] = {{"rope_type", "linear"}, {"factor", 8.0}};
  return made;
}

// Phi-3: one matrix for q, k and v, one for gate and up; "longrope" divides each frequency by a
// factor of its own, of one list up to the original context and of another beyond, and multiplies
// cosines and sines by sqrt(1 + ln(context/original) / ln(original)).
Made make_phi3(bool is_long) {
  constexpr std::size_t q = heads * head_dim;
  constexpr std::size_t kv = kv_heads * head_dim;
  constexpr std::size_t rotary_dim = 12;
  Made made;
  start(made, "phi3");
  const std::vector<double> short_factors = {1, 1.25, 1.5, 1.75, 2, 2.5};
  const std::vector<double> long_factors = {1, 2, 3, 4, 6, 8};
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer;
    FolderMaker& maker = made.maker;
    layer.wq = maker.matrix(q, dim);
    layer.wk = maker.matrix(kv, dim);
    layer.wv = maker.matrix(kv, dim);
    maker.store(in_layer(i, "self_attn.qkv_proj.weight"),
                std::vector{layer.wq, layer.wk, layer.wv});
    layer.wo = maker.stored_matrix(in_layer(i, "self_attn.o_proj.weight"), dim, q);
    layer.w_gate = maker.matrix(hidden, dim);
    layer.w_up = maker.matrix(hidden, dim);
    maker.store(in_layer(i, "mlp.gate_up_proj.weight"), std::vector{layer.w_gate, layer.w_up});
    layer.w_down = maker.stored_matrix(in_layer(i, "mlp.down_proj.weight"), dim, hidden);
    add_llama_norms(maker, i, layer);
    layer.frequencies = frequencies(10000, rotary_dim);
    for (std::size_t k = 0; k < rotary_dim / 2; ++k) {
      layer.frequencies[k] /= is_long ? long_factors[k] : short_factors[k];
    }
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, false);
  made.weights.rotary_scale = std::sqrt(1 + std::log(128.0 / 32) / std::log(32.0));
  made.config.update({{"partial_rotary_factor", 0.75}, {"original_max_position_embeddings", 32}});
  made.config["rope_scaling"] = {
      {"type", "longrope"}, {"short_factor", short_factors}, {"long_factor", long_factors}};
  return made;
}

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

// StableLM: LayerNorm with biases, a quarter of each head is turned.
Made make_stablelm() {
  Made made = llama_like("stablelm", false, [](Made& m, std::size_t i, reference::Layer& layer) {
    add_qkv_biases(m.maker, i, layer);
    layer.attention_norm_bias = m.maker.stored_vector(in_layer(i, "input_layernorm.bias"), dim);
    layer.ffn_norm_bias = m.maker.stored_vector(in_layer(i, "post_attention_layernorm.bias"), dim);
    layer.frequencies = frequencies(10000, head_dim / 4);
  });
  made.weights.final_norm_bias = made.maker.stored_vector("model.norm.bias", dim);
  made.weights.layer_norm = true;
  made.config.update(
      {{"layer_norm_eps", 1e-5}, {"use_qkv_bias", true}, {"partial_rotary_factor", 0.25}});
  return made;
}

struct Case {
  const char* name;
  Made (*make)();
  std::uint32_t sinks, window;
  std::size_t tokens;
};

class Families : public testing::TestWithParam<Case> {};

TEST_P(Families, EqualTheReference) {
  const Case& c = GetParam();
  const Made made = c.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / c.name, made.config.dump());
  const LoadedModel file(write_image(convert::import_huggingface(folder.path() / c.name), all_f32));
  reference::Transformer oracle(made.weights, c.sinks, c.window);
  LiveSession live(
      file.model,
      {.context = c.sinks + c.window, .sinks = c.sinks, .kv = KvFormat::f32, .prefill_chunk = 6});
  const std::vector<TokenId> tokens = random_tokens(c.tokens, vocabulary, 3);
  std::size_t piece = 1;
  for (std::size_t at = 0; at < tokens.size(); at += piece) {
    piece = std::min(tokens.size() - at, 1 + at % 9);
    ASSERT_TRUE(live.session.prefill(std::span(tokens).subspan(at, piece)).ok());
    std::vector<double> expected;
    for (std::size_t i = 0; i < piece; ++i) expected = oracle.forward(tokens[at + i]);
    double largest = 0;
    double difference = 0;
    for (std::size_t v = 0; v < vocabulary; ++v) {
      largest = std::max(largest, std::fabs(expected[v]));
      difference = std::max(difference,
                            std::fabs(static_cast<double>(live.session.logits()[v]) - expected[v]));
    }
    ASSERT_LT(difference, 2e-5 * largest) << "at " << at;
  }
}

constexpr std::uint32_t sinks = 3, window = 26;

INSTANTIATE_TEST_SUITE_P(
    All, Families,
    testing::Values(Case{"llama3", make_llama, sinks, window, 150},
                    Case{"mistral", make_mistral, sinks, window, 150},
                    Case{"qwen2", make_qwen2, sinks, window, 150},
                    Case{"qwen3", make_qwen3, sinks, window, 150},
                    Case{"smollm3", make_smollm3, sinks, window, 150},
                    Case{"gemma", make_gemma, sinks, window, 150},
                    Case{"gemma2", make_gemma2, sinks, window, 150},
                    Case{"gemma3", make_gemma3, sinks, window, 150},
                    Case{"phi3_short", [] { return make_phi3(false); }, sinks, window, 150},
                    Case{"phi3_long", [] { return make_phi3(true); }, sinks, 2 * window, 150},
                    Case{"gpt2", [] { return make_gpt2(false); }, sinks, window, 128},
                    Case{"nanogpt", [] { return make_gpt2(true); }, sinks, window, 128},
                    Case{"stablelm", make_stablelm, sinks, window, 150}),
    [](const auto& instance) { return std::string(instance.param.name); });

// Each layer's ring is as large as its own window asks for, whatever the context is.
TEST(FamilyLimits, WindowsHaveRingsOfTheirOwnSize) {
  const Made made = make_gemma3();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "gemma3", made.config.dump());
  const LoadedModel file(
      write_image(convert::import_huggingface(folder.path() / "gemma3"), all_f32));
  const auto ring_bytes = [&](std::uint32_t context) {
    const Config config{.context = context, .sinks = 0, .kv = KvFormat::f32, .prefill_chunk = 1};
    return plan(file.model, config)->find("ring keys")->bytes;
  };
  // Three layers with a window of 8 take one page of 32 positions each.
  constexpr std::uint64_t page = std::uint64_t{32} * kv_heads * head_dim * sizeof(float);
  EXPECT_EQ(ring_bytes(32), (3 + 1) * page);
  EXPECT_EQ(ring_bytes(128), (3 + 4) * page);
}

TEST(FamilyLimits, LearnedPositionsEnd) {
  const Made made = make_gpt2(false);
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "gpt2", made.config.dump());
  const LoadedModel file(write_image(convert::import_huggingface(folder.path() / "gpt2"), all_f32));
  LiveSession live(file.model, {.context = 32, .sinks = 0, .kv = KvFormat::f32});
  const std::vector<TokenId> tokens = random_tokens(129, vocabulary, 3);
  EXPECT_EQ(live.session.prefill(tokens).code(), ErrorCode::out_of_range);
  EXPECT_EQ(live.session.position(), 0U);
  EXPECT_TRUE(live.session.prefill(std::span(tokens).first(128)).ok());
  EXPECT_EQ(live.session.step(tokens[0]).code(), ErrorCode::out_of_range);
  EXPECT_EQ(live.session.position(), 128U);
}

}  // namespace
}  // namespace ringlet::test
