// Families that are like Llama.
#include <algorithm>
#include <numbers>

#include "support/families_parts.hpp"

namespace ringlet::test {
namespace {

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

/// Replaces a stored matrix by codes E4M3 and scales, and its values by what these mean.
void store_fp8(FolderMaker& maker, const std::string& name, reference::Matrix& matrix,
               std::size_t block_rows, std::size_t block_columns) {
  maker.drop([&](const std::string& stored) { return stored == name + ".weight"; });
  const std::size_t across = (matrix.columns + block_columns - 1) / block_columns;
  std::vector<double> scales((matrix.rows + block_rows - 1) / block_rows * across);
  for (std::size_t i = 0; i < scales.size(); ++i)
    scales[i] = std::ldexp(1 + 0.125 * static_cast<double>(i), -6);
  std::vector<double> codes(matrix.values.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::size_t block =
        i / matrix.columns / block_rows * across + i % matrix.columns / block_columns;
    // From the definition: sign, four bits of exponent with a bias of 7, three of mantissa.
    const int exponent = static_cast<int>(i * 5 % 11), mantissa = static_cast<int>(i * 3 % 8);
    const bool negative = i * 7 % 13 > 6;
    codes[i] = 128 * negative + 8 * exponent + mantissa;
    const double magnitude = exponent == 0 ? std::ldexp(mantissa / 8.0, -6)
                                           : std::ldexp(1 + mantissa / 8.0, exponent - 7);
    matrix.values[i] = (negative ? -magnitude : magnitude) * scales[block];
  }
  maker.store_bytes(name + ".weight", {matrix.rows, matrix.columns}, codes, "F8_E4M3");
  if (scales.size() == 1) {
    maker.store(name + ".weight_scale_inv", scales);
  } else {
    maker.store(name + ".weight_scale_inv",
                reference::Matrix{scales.size() / across, across, scales});
  }
}

}  // namespace

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

static Made make_yarn() {
  Made made = llama_like("llama", true, [](Made&, std::size_t, reference::Layer& layer) {
    layer.frequencies = frequencies(500000, head_dim);
    for (std::size_t k = 0; k < layer.frequencies.size(); ++k) {
      layer.frequencies[k] = yarn_frequency(layer.frequencies[k], k);
    }
  });
  made.weights.rotary_scale = 0.1 * std::log(4) + 1;
  made.config["rope_theta"] = 500000.0;
  made.config["rope_scaling"] = yarn_settings();
  return made;
}

static Made make_mistral() {
  Made made = llama_like("mistral", false,
                         [](Made&, std::size_t, reference::Layer& layer) { layer.window = 9; });
  made.config["sliding_window"] = 9;
  return made;
}

// Ministral 3: queries are multiplied by 1 + beta · ln(1 + ⌊position / original context⌋).
static Made make_ministral3() {
  constexpr int original = 8;
  Made made = llama_like("ministral3", true, [](Made&, std::size_t, reference::Layer& layer) {
    layer.frequencies = frequencies(500000, head_dim);
    for (std::size_t k = 0; k < layer.frequencies.size(); ++k) {
      layer.frequencies[k] = yarn_frequency(layer.frequencies[k], k, original);
    }
  });
  made.weights.query_growth = 0.5;
  made.weights.query_growth_length = original;
  made.config["rope_parameters"] = yarn_settings(original);
  made.config["rope_parameters"].update({{"rope_theta", 500000.0},
                                         {"llama_4_scaling_beta", 0.5},
                                         {"mscale", 1.0},
                                         {"mscale_all_dim", 1.0}});
  return made;
}

/// The same with a window.
static Made make_windowed_ministral3() {
  Made made = make_ministral3();
  for (reference::Layer& layer : made.weights.layers) layer.window = 11;
  made.config["sliding_window"] = 11;
  return made;
}

/// The same with 8-bit floats: a scale for each matrix, or for blocks of 32 by 16.
static Made make_fp8(bool in_blocks) {
  Made made = make_ministral3();
  const std::size_t block_rows = in_blocks ? 32 : 1000, block_columns = in_blocks ? 16 : 1000;
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer& layer = made.weights.layers[i];
    for (const auto& [part, matrix] :
         {std::pair("self_attn.q_proj", &layer.wq), std::pair("self_attn.k_proj", &layer.wk),
          std::pair("self_attn.v_proj", &layer.wv), std::pair("self_attn.o_proj", &layer.wo),
          std::pair("mlp.gate_proj", &layer.w_gate), std::pair("mlp.up_proj", &layer.w_up),
          std::pair("mlp.down_proj", &layer.w_down)}) {
      const std::string name = in_layer(i, part);
      store_fp8(made.maker, name, *matrix, block_rows, block_columns);
      made.maker.store(name + ".activation_scale", std::vector<double>{0.5});
    }
  }
  made.config["quantization_config"] = {{"quant_method", "fp8"}, {"activation_scheme", "static"}};
  auto& size = made.config["quantization_config"]["weight_block_size"];
  if (in_blocks) size = {32, 16};
  return made;
}

static Made make_qwen2() {
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

static Made make_smollm3() {
  Made made = llama_like("smollm3", true, [](Made&, std::size_t i, reference::Layer& layer) {
    layer.frequencies = i % 4 == 3 ? std::vector<double>{} : frequencies(2000000, head_dim);
  });
  made.config["rope_theta"] = 2000000.0;
  made.config["no_rope_layers"] = {1, 1, 1, 0};
  return made;
}

// Phi-3: one matrix for q, k and v, one for gate and up. "longrope" divides each frequency by a
// separate factor, from one list up to the original context and from another beyond, and multiplies
// cosines and sines by sqrt(1 + ln(context/original) / ln(original)). `is_long`: the reference has
// the factors of contexts beyond the original one.
static Made make_phi3(bool is_long) {
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

// StableLM: LayerNorm with biases, and a quarter of each head is rotated.
static Made make_stablelm() {
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

/// Rows of a matrix as ERNIE stores them: the partner of a row is its neighbor.
static void store_with_neighbors(Made& made, const std::string& name,
                                 const reference::Matrix& halves) {
  reference::Matrix stored = halves;
  for (std::size_t row = 0; row < halves.rows; ++row) {
    const std::size_t i = row % head_dim;
    const std::size_t to = row - i + (i < head_dim / 2 ? 2 * i : 2 * (i - head_dim / 2) + 1);
    std::copy_n(halves.values.begin() + static_cast<std::ptrdiff_t>(row * halves.columns),
                halves.columns,
                stored.values.begin() + static_cast<std::ptrdiff_t>(to * halves.columns));
  }
  made.maker.store(name, stored);
}

static Made make_ernie() {
  Made made;
  start(made, "ernie4_5");
  for (std::size_t i = 0; i < layers; ++i) {
    FolderMaker& maker = made.maker;
    reference::Layer layer;
    layer.wq = maker.matrix(heads * head_dim, dim);
    layer.wk = maker.matrix(kv_heads * head_dim, dim);
    store_with_neighbors(made, in_layer(i, "self_attn.q_proj.weight"), layer.wq);
    store_with_neighbors(made, in_layer(i, "self_attn.k_proj.weight"), layer.wk);
    layer.wv =
        maker.stored_matrix(in_layer(i, "self_attn.v_proj.weight"), kv_heads * head_dim, dim);
    layer.wo = maker.stored_matrix(in_layer(i, "self_attn.o_proj.weight"), dim, heads * head_dim);
    layer.w_gate = maker.stored_matrix(in_layer(i, "mlp.gate_proj.weight"), hidden, dim);
    layer.w_up = maker.stored_matrix(in_layer(i, "mlp.up_proj.weight"), hidden, dim);
    layer.w_down = maker.stored_matrix(in_layer(i, "mlp.down_proj.weight"), dim, hidden);
    add_llama_norms(maker, i, layer);
    layer.frequencies = frequencies(500000, head_dim);
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, true);
  made.config.update({{"rope_theta", 500000.0}, {"use_bias", false}});
  return made;
}

static Made make_seed_oss() {
  Made made = llama_like("seed_oss", false, [](Made& m, std::size_t i, reference::Layer& layer) {
    add_qkv_biases(m.maker, i, layer);
  });
  made.config.update({{"attention_bias", true}, {"attention_out_bias", false}});
  return made;
}

/// The runtime has no place for the windows that this family takes turns with.
static void without_windows(nlohmann::json& config) {
  config["use_sliding_window"] = false;
  config.erase("sliding_window");
}

std::span<const Family> llama_families() {
  static constexpr Family families[] = {
      {"llama3", make_llama, "llama"},
      {"ernie4_5", make_ernie, "ernie4_5", nullptr, false, true},
      {"seed_oss", make_seed_oss, "seed_oss", nullptr, false, true},
      {"yarn", make_yarn, "llama", nullptr, false, true},
      {"mistral", make_mistral, "llama"},
      {"ministral3", make_ministral3, "mistral3"},
      {"ministral3_windows", make_windowed_ministral3, "mistral3"},
      {"ministral3_fp8", [] { return make_fp8(false); }, nullptr, nullptr, false, true},
      {"ministral3_fp8_blocks", [] { return make_fp8(true); }, nullptr, nullptr, false, true},
      {"qwen2", make_qwen2, "qwen2", without_windows},
      {"qwen3", make_qwen3, "qwen3"},
      {"smollm3", make_smollm3, "smollm3"},
      {"stablelm", make_stablelm, "stablelm"},
      {"phi3_short", [] { return make_phi3(false); }, "phi3"},
      {.name = "phi3_long", .make = [] { return make_phi3(true); }, .is_long = true},
  };
  return families;
}

}  // namespace ringlet::test
