#include "support/random_model.hpp"

#include <cmath>
#include <string>

#include "support/random.hpp"

namespace ringlet::test {
namespace {

/// About 1/sqrt(columns/3), rounded to a power of two: products keep the size of their inputs.
float gain_for(std::uint32_t columns) {
  float gain = 1.0F;
  while (gain * gain * static_cast<float>(columns) > 4.0F) gain *= 0.5F;
  return gain;
}

/// Each tensor of each layer has a number of its own, from which its values follow.
convert::SourceMatrix random_matrix(std::string name, std::uint32_t rows, std::uint32_t columns,
                                    std::uint64_t seed, float gain) {
  auto read_row = [seed, gain](std::uint32_t row, std::span<float> out) {
    Random random(mix(seed, row));
    for (float& value : out) value = random.symmetric() * gain;
  };
  return {std::move(name), rows, columns, read_row};
}

convert::SourceMatrix random_matrix(std::string name, std::uint32_t rows, std::uint32_t columns,
                                    std::uint64_t seed) {
  return random_matrix(std::move(name), rows, columns, seed, gain_for(columns));
}

/// Gains of a norm: around 1.
convert::SourceVector random_gains(std::string name, std::uint32_t length, std::uint64_t seed) {
  convert::SourceVector vector{std::move(name), std::vector<float>(length)};
  Random random(seed);
  for (float& value : vector.values) value = 1.0F + 0.25F * random.symmetric();
  return vector;
}

/// Biases of every kv head, of which every third pair has none.
convert::SourceVector random_key_bias(const Architecture& a, std::uint64_t seed, float size) {
  convert::SourceVector vector{"key_bias", std::vector<float>(a.kv_dim())};
  Random random(seed);
  for (std::uint32_t i = 0; i < a.kv_dim(); ++i) {
    const std::uint32_t within = i % a.head_dim;
    const bool rotated = within < a.rotary_dim;
    const float value = random.symmetric() * size;
    vector.values[i] = rotated && within % (a.rotary_dim / 2) % 3 == 1 ? 0.0F : value;
  }
  return vector;
}

convert::SourceLayer random_layer(const Architecture& a, std::uint32_t layer, std::uint64_t seed) {
  const auto id = [&](std::uint64_t tensor) { return mix(seed, 100 + layer, tensor); };
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  convert::SourceLayer out;
  out.attention_norm = random_gains(prefix + "attention_norm", a.dim, id(0));
  out.wq = random_matrix(prefix + "wq", a.query_dim(), a.dim, id(1));
  out.wk = random_matrix(prefix + "wk", a.kv_dim(), a.dim, id(2));
  out.wv = random_matrix(prefix + "wv", a.kv_dim(), a.dim, id(3));
  out.wo = random_matrix(prefix + "wo", a.dim, a.query_dim(), id(4));
  out.ffn_norm = random_gains(prefix + "ffn_norm", a.dim, id(5));
  out.w_gate = random_matrix(prefix + "w_gate", a.hidden_dim, a.dim, id(6));
  out.w_up = random_matrix(prefix + "w_up", a.hidden_dim, a.dim, id(7));
  out.w_down = random_matrix(prefix + "w_down", a.dim, a.hidden_dim, id(8));
  return out;
}

/// Puts a convolution in the place of a layer's attention.
void convolve(const Architecture& a, std::uint32_t layer, std::uint64_t seed,
              convert::SourceLayer& out) {
  const auto id = [&](std::uint64_t tensor) { return mix(seed, 200 + layer, tensor); };
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  out.mixer = Mixer::short_convolution;
  out.wq = random_matrix(prefix + "wq", a.dim, a.dim, id(1));
  out.wk = random_matrix(prefix + "wk", a.dim, a.dim, id(2));
  out.wv = random_matrix(prefix + "wv", a.dim, a.dim, id(3));
  out.wo = random_matrix(prefix + "wo", a.dim, a.dim, id(4));
  out.taps = random_gains(prefix + "taps", a.convolution * a.dim, id(5));
}

/// Multiplies what a layer attends to by a gate.
void gate(const Architecture& a, std::uint32_t layer, std::uint64_t seed,
          convert::SourceLayer& out) {
  const std::string name = "layers." + std::to_string(layer) + ".attended_gate";
  out.attended_gate = random_matrix(name, a.query_dim(), a.dim, mix(seed, 200 + layer, 6));
}

/// Puts a gated delta rule in the place of a layer's attention, with memories of a few tokens and
/// of hundreds.
void recur(const Architecture& a, std::uint32_t layer, std::uint64_t seed,
           convert::SourceLayer& out) {
  const auto id = [&](std::uint64_t tensor) { return mix(seed, 200 + layer, tensor); };
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  out.mixer = Mixer::gated_delta;
  out.wq = random_matrix(prefix + "wq", a.state_queries(), a.dim, id(1));
  out.wk = random_matrix(prefix + "wk", a.state_queries(), a.dim, id(2));
  out.wv = random_matrix(prefix + "wv", a.state_values(), a.dim, id(3));
  out.wo = random_matrix(prefix + "wo", a.dim, a.state_values(), id(4));
  out.taps = random_gains(prefix + "taps", a.convolution * a.state_channels(), id(5));
  out.attended_gate = random_matrix(prefix + "attended_gate", a.state_values(), a.dim, id(6));
  out.state_gates = random_matrix(prefix + "state_gates", 2U * a.state_heads, a.dim, id(7));
  out.state_norm = random_gains(prefix + "state_norm", a.state_head_dim, id(8));
  out.step_bias = random_gains(prefix + "step_bias", a.state_heads, id(9));
  out.decay = convert::SourceVector{prefix + "decay", std::vector<float>(a.state_heads)};
  for (std::uint32_t h = 0; h < a.state_heads; ++h) {
    out.decay->values[h] = -std::ldexp(1.0F, 1 - static_cast<int>(3 * h % 10));
  }
}

/// Gives a layer sizes, inputs and norms of its own.
void differ(const Recipe& recipe, std::uint32_t layer, std::uint64_t seed,
            convert::SourceLayer& out) {
  Architecture a = recipe.architecture;
  const auto id = [&](std::uint64_t tensor) { return mix(seed, 300 + layer, tensor); };
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  const bool reads = layer >= 3;
  if (recipe.windows[layer] != 0) {
    a.head_dim = out.head_dim = a.local_rotary_dim;
    out.rotary = Rotary::local;
  }
  if (reads) a.hidden_dim = out.hidden_dim = 2 * a.hidden_dim;
  const std::uint32_t keys = reads ? 0 : a.kv_dim();
  out.wq = random_matrix(prefix + "wq", a.query_dim(), a.dim, id(1));
  out.wk = random_matrix(prefix + "wk", keys, a.dim, id(2));
  out.wv = random_matrix(prefix + "wv", layer == 1 ? 0 : keys, a.dim, id(3));
  out.wo = random_matrix(prefix + "wo", a.dim, a.query_dim(), id(4));
  out.w_gate = random_matrix(prefix + "w_gate", a.hidden_dim, a.dim, id(6));
  out.w_up = random_matrix(prefix + "w_up", a.hidden_dim, a.dim, id(7));
  out.w_down = random_matrix(prefix + "w_down", a.dim, a.hidden_dim, id(8));
  out.q_norm = random_gains(prefix + "q_norm", a.head_dim, id(9));
  if (reads) {
    out.cache_of = layer == 3 ? 2 : 1;
  } else {
    out.values_are_keys = layer == 1;
    out.k_norm = random_gains(prefix + "k_norm", a.head_dim, id(10));
    out.v_norm = random_gains(prefix + "v_norm", a.head_dim, id(11));
  }
  out.per_layer_gate = random_matrix(prefix + "per_layer_gate", a.per_layer_dim, a.dim, id(12));
  out.per_layer_out = random_matrix(prefix + "per_layer_out", a.dim, a.per_layer_dim, id(13));
  out.per_layer_norm = random_gains(prefix + "per_layer_norm", a.dim, id(14));
  out.output_scale = 0.75F;
}

void add_inputs(const Recipe& recipe, convert::SourceModel& source) {
  const Architecture& a = recipe.architecture;
  const std::uint32_t all = a.layers * a.per_layer_dim;
  source.local_rotary = convert::SourceRotary{.theta = exact_rope_theta(a.local_rotary_dim)};
  source.per_layer_embedding =
      random_matrix("per_layer_embedding", a.vocab_size, all, mix(recipe.seed, 3), 1.0F);
  source.per_layer_projection =
      random_matrix("per_layer_projection", all, a.dim, mix(recipe.seed, 4));
  source.per_layer_norm = random_gains("per_layer_norm", a.per_layer_dim, mix(recipe.seed, 5));
  source.per_layer_scale = 0.5F;
  source.per_layer_epsilon = a.norm_epsilon;
}

std::string byte_piece(unsigned value) {
  constexpr char digits[] = "0123456789ABCDEF";
  return std::string("<0x") + digits[value / 16] + digits[value % 16] + ">";
}

convert::SourceTokenizer make_tokenizer(std::uint32_t vocab_size) {
  using Kind = convert::SourcePieceKind;
  convert::SourceTokenizer tokenizer;
  auto& pieces = tokenizer.pieces;
  pieces = {{"<unk>", 0, Kind::unknown}, {"<s>", 0, Kind::control}, {"</s>", 0, Kind::control}};
  for (unsigned b = 0; b < 256; ++b) pieces.push_back({byte_piece(b), 0, Kind::byte});
  float score = -1;
  for (const char* word : {"he", "in", " t", " a", "nd", "on", " the", "the", "and", " and"}) {
    pieces.push_back({word, score, Kind::normal});
    score -= 1;
  }
  for (char c = 'a'; c <= 'z'; ++c) pieces.push_back({std::string(1, c), -100, Kind::normal});
  pieces.push_back({" ", -100, Kind::normal});
  for (unsigned i = 0; pieces.size() < vocab_size; ++i) {
    const char pair[] = {static_cast<char>('A' + i % 26), static_cast<char>('A' + i / 26 % 26)};
    std::string text(pair, 2);
    if (i >= 26 * 26) text += std::to_string(i / (26 * 26));
    pieces.push_back({text, -200, Kind::normal});
  }
  tokenizer.bos = 1;
  tokenizer.eos = 2;
  tokenizer.unknown = 0;
  return tokenizer;
}

}  // namespace

Architecture small_architecture() {
  Architecture a;
  a.vocab_size = 48;
  a.dim = 40;
  a.hidden_dim = 72;
  a.layers = 2;
  a.heads = 4;
  a.kv_heads = 2;
  a.head_dim = 16;
  a.rotary_dim = 16;
  a.trained_context = 64;
  a.norm_epsilon = 0x1p-17F;
  a.attention_scale = 0.25F;
  a.tied_embedding = true;
  return a;
}

void add_state(Architecture& a) {
  a.convolution = 4;
  a.state_heads = 4;
  a.state_key_heads = 2;
  a.state_head_dim = 32;
  a.state_key_dim = 16;
  a.attended_gate = true;
}

Architecture architecture_with_heads(std::uint32_t heads, std::uint32_t kv_heads,
                                     std::uint32_t head_dim) {
  Architecture a = small_architecture();
  a.heads = heads;
  a.kv_heads = kv_heads;
  a.head_dim = head_dim;
  a.rotary_dim = head_dim;
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
  return a;
}

void add_differences(Recipe& recipe) {
  Architecture& a = recipe.architecture;
  a.layers = 5;
  a.local_rotary = true;
  a.local_rotary_dim = 16;
  a.per_layer_dim = 8;
  recipe.windows = {30, 0, 9, 9, 0};
  recipe.layers_differ = true;
}

double exact_rope_theta(std::uint32_t rotary_dim) {
  // theta = 2^(d/2) gives theta^(−2i/d) = 2^−i.
  return std::ldexp(1.0, static_cast<int>(rotary_dim / 2));
}

convert::SourceModel make_source(const Recipe& recipe) {
  const Architecture& a = recipe.architecture;
  convert::SourceModel source;
  source.family = "llama";
  source.name = "random";
  source.source = "random weights";
  source.licence = "none";
  source.architecture = a;
  source.rotary.theta = recipe.rope_theta;
  source.embedding = random_matrix("embedding", a.vocab_size, a.dim, mix(recipe.seed, 0), 1.0F);
  for (std::uint32_t l = 0; l < a.layers; ++l) {
    source.layers.push_back(random_layer(a, l, recipe.seed));
    if (!recipe.windows.empty()) source.layers.back().window = recipe.windows[l];
    const Mixer mixer = recipe.mixers.empty() ? Mixer::attention : recipe.mixers[l];
    if (mixer == Mixer::short_convolution) convolve(a, l, recipe.seed, source.layers.back());
    if (mixer == Mixer::gated_delta) recur(a, l, recipe.seed, source.layers.back());
    if (recipe.layers_differ) differ(recipe, l, recipe.seed, source.layers.back());
    if (mixer != Mixer::attention) continue;
    if (a.attended_gate) gate(a, l, recipe.seed, source.layers.back());
    source.layers.back().hadamard_keys = recipe.hadamard_keys;
    if (recipe.key_bias != 0) {
      source.layers.back().key_bias = random_key_bias(a, mix(recipe.seed, 50, l), recipe.key_bias);
    }
  }
  source.final_norm = random_gains("final_norm", a.dim, mix(recipe.seed, 1));
  if (recipe.layers_differ) add_inputs(recipe, source);
  if (!a.tied_embedding) {
    source.lm_head = random_matrix("head", a.vocab_size, a.dim, mix(recipe.seed, 2));
  }
  if (recipe.tokenizer) source.tokenizer = make_tokenizer(a.vocab_size);
  return source;
}

std::vector<std::uint32_t> random_tokens(std::size_t count, std::uint32_t vocabulary,
                                         std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint32_t> tokens(count);
  for (auto& token : tokens) token = random.below(vocabulary);
  return tokens;
}

}  // namespace ringlet::test
