#include "source/random/random_source.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sampling/random.hpp"
#include "source/errors.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {
namespace {

constexpr float norm_epsilon = 1e-5F;
constexpr double rope_theta = 10000.0;

// A block of random bits is eight 16-bit numbers, each uniform in [0, 65535].
constexpr std::int32_t sum_mean = 8 * 65535 / 2;
const double sum_deviation = std::sqrt(8 * (65536.0 * 65536.0 - 1) / 12);

std::int32_t sum_of_halves(const PhiloxBlock& block) {
  std::uint32_t sum = 0;
  for (const std::uint32_t word : block) sum += (word & 0xFFFF) + (word >> 16);
  return static_cast<std::int32_t>(sum);
}

/// Numbers the tensors in the order of their creation.
class TensorMaker {
 public:
  explicit TensorMaker(std::uint32_t seed) : seed_(seed) {}

  SourceMatrix matrix(std::string name, std::uint32_t rows, std::uint32_t columns) {
    const auto scale =
        static_cast<float>(1.0 / (sum_deviation * std::sqrt(static_cast<double>(columns))));
    const auto read_row = [seed = seed_, tensor = next_++, scale](std::uint32_t row,
                                                                  std::span<float> out) {
      std::uint32_t column = 0;
      for (float& weight : out) {
        const PhiloxBlock block = philox4x32_10({column++, row, tensor, 0}, {seed, 0});
        weight = static_cast<float>(sum_of_halves(block) - sum_mean) * scale;
      }
    };
    return {.name = std::move(name), .rows = rows, .columns = columns, .read_row = read_row};
  }

 private:
  std::uint32_t seed_;
  std::uint32_t next_ = 0;
};

SourceVector ones(std::string name, std::uint32_t length) {
  return {.name = std::move(name), .values = std::vector<float>(length, 1.0F)};
}

/// Taps that forget: a half of the present input, a quarter of the one before it, and so on.
SourceVector fading_taps(std::string name, const Architecture& a, std::uint32_t channels) {
  SourceVector taps = ones(std::move(name), a.convolution * channels);
  for (std::size_t i = 0; i < taps.values.size(); ++i) {
    taps.values[i] = std::ldexp(1.0F, static_cast<int>(i / channels) - a.convolution);
  }
  return taps;
}

SourceLayer make_convolution(TensorMaker& make, const Architecture& a, const std::string& layer,
                             SourceLayer made) {
  made.mixer = Mixer::short_convolution;
  made.wq = make.matrix(layer + "wq", a.dim, a.dim);
  made.wk = make.matrix(layer + "wk", a.dim, a.dim);
  made.wv = make.matrix(layer + "wv", a.dim, a.dim);
  made.wo = make.matrix(layer + "wo", a.dim, a.dim);
  made.taps = fading_taps(layer + "taps", a, a.dim);
  return made;
}

SourceLayer make_layer(TensorMaker& make, const Architecture& a, std::uint32_t index) {
  const std::string layer = "layers." + std::to_string(index) + ".";
  return {.attention_norm = ones(layer + "attention_norm", a.dim),
          .wq = make.matrix(layer + "wq", a.query_dim(), a.dim),
          .wk = make.matrix(layer + "wk", a.kv_dim(), a.dim),
          .wv = make.matrix(layer + "wv", a.kv_dim(), a.dim),
          .wo = make.matrix(layer + "wo", a.dim, a.query_dim()),
          .ffn_norm = ones(layer + "ffn_norm", a.dim),
          .w_gate = make.matrix(layer + "w_gate", a.hidden_dim, a.dim),
          .w_up = make.matrix(layer + "w_up", a.hidden_dim, a.dim),
          .w_down = make.matrix(layer + "w_down", a.dim, a.hidden_dim)};
}

SourceLayer make_delta(TensorMaker& make, const Architecture& a, const std::string& layer,
                       SourceLayer made) {
  made.mixer = Mixer::gated_delta;
  made.wq = make.matrix(layer + "wq", a.state_queries(), a.dim);
  made.wk = make.matrix(layer + "wk", a.state_queries(), a.dim);
  made.wv = make.matrix(layer + "wv", a.state_values(), a.dim);
  made.wo = make.matrix(layer + "wo", a.dim, a.state_values());
  made.attended_gate = make.matrix(layer + "attended_gate", a.state_values(), a.dim);
  made.state_gates = make.matrix(layer + "state_gates", 2U * a.state_heads, a.dim);
  made.taps = fading_taps(layer + "taps", a, a.state_channels());
  made.state_norm = ones(layer + "state_norm", a.state_head_dim);
  made.step_bias = ones(layer + "step_bias", a.state_heads);
  // Memories from a token to hundreds.
  made.decay = ones(layer + "decay", a.state_heads);
  for (std::size_t i = 0; i < a.state_heads; ++i) {
    made.decay->values[i] = -std::ldexp(1.0F, -static_cast<int>(i % 9));
  }
  return made;
}

/// What a layer makes of its own input, and the norms that models with such inputs have.
void add_input(TensorMaker& make, const Architecture& a, const std::string& layer,
               SourceLayer& made) {
  made.per_layer_gate = make.matrix(layer + "per_layer_gate", a.per_layer_dim, a.dim);
  made.per_layer_out = make.matrix(layer + "per_layer_out", a.dim, a.per_layer_dim);
  made.per_layer_norm = ones(layer + "per_layer_norm", a.dim);
  made.post_attention_norm = ones(layer + "post_attention_norm", a.dim);
  made.post_ffn_norm = ones(layer + "post_ffn_norm", a.dim);
  made.q_norm = ones(layer + "q_norm", a.head_dim);
  if (made.cache_of) return;
  made.k_norm = ones(layer + "k_norm", a.head_dim);
  made.v_norm = ones(layer + "v_norm", a.head_dim);
}

/// The shapes of layers that differ from the others.
ModelShape shape_of(const RandomShape& shape, const Architecture& a) {
  ModelShape result;
  result.layers.resize(a.layers);
  const auto& full = shape.attention;
  for (std::uint32_t i = 0; i < a.layers && shape.window != 0; ++i) {
    if (std::find(full.begin(), full.end(), i) != full.end()) continue;
    LayerShape& layer = result.layers[i];
    layer.window = shape.window;
    if (shape.local_head_dim == 0 || shape.local_head_dim == a.head_dim) continue;
    layer.head_dim = shape.local_head_dim;
    layer.rotary = Rotary::local;
  }
  if (shape.readers != 0) lend_caches(a.layers - shape.readers, result);
  for (LayerShape& layer : result.layers) {
    if (layer.cache_of && shape.reader_ffn != 0) layer.hidden_dim = shape.reader_ffn;
  }
  return result;
}

/// A layer with these sizes of its own.
SourceLayer make_differing(TensorMaker& make, const Architecture& architecture,
                           const LayerShape& shape, std::uint32_t index) {
  Architecture a = architecture;
  if (shape.head_dim != 0) a.head_dim = shape.head_dim;
  if (shape.hidden_dim != 0) a.hidden_dim = shape.hidden_dim;
  SourceLayer made = make_layer(make, a, index);
  made.window = shape.window;
  made.rotary = shape.rotary;
  made.head_dim = shape.head_dim;
  made.hidden_dim = shape.hidden_dim;
  made.cache_of = shape.cache_of;
  if (made.cache_of) made.wk.rows = made.wv.rows = 0;
  if (a.per_layer_dim != 0) {
    add_input(make, a, "layers." + std::to_string(index) + ".", made);
  }
  return made;
}

void add_layer_inputs(TensorMaker& make, SourceModel& model) {
  const Architecture& a = model.architecture;
  const std::uint32_t all = a.layers * a.per_layer_dim;
  model.per_layer_embedding = make.matrix("per_layer_embedding", a.vocab_size, all);
  model.per_layer_projection = make.matrix("per_layer_projection", all, a.dim);
  model.per_layer_norm = ones("per_layer_norm", a.per_layer_dim);
  model.per_layer_epsilon = a.norm_epsilon;
}

Architecture architecture_of(const RandomShape& shape) {
  return {.vocab_size = shape.vocab,
          .dim = shape.dim,
          .hidden_dim = shape.ffn,
          .layers = shape.layers,
          .heads = shape.heads,
          .kv_heads = shape.kv_heads,
          .head_dim = shape.head_dim,
          .rotary_dim = shape.rotary_dim,
          .trained_context = shape.context,
          .norm_epsilon = norm_epsilon,
          .attention_scale = 1.0F / std::sqrt(static_cast<float>(shape.head_dim)),
          .tied_embedding = shape.tied == 1,
          .attended_gate = shape.state_heads != 0,
          .convolution = static_cast<std::uint8_t>(shape.conv),
          .state_heads = static_cast<std::uint16_t>(shape.state_heads),
          .state_key_heads = static_cast<std::uint16_t>(shape.state_key_heads),
          .state_head_dim = static_cast<std::uint16_t>(shape.state_head_dim),
          .state_key_dim = static_cast<std::uint16_t>(shape.state_key_dim),
          .per_layer_dim = static_cast<std::uint16_t>(shape.layer_inputs)};
}

std::string byte_text(unsigned value) {
  constexpr const char* digits = "0123456789ABCDEF";
  return {'<', '0', 'x', digits[value / 16], digits[value % 16], '>'};
}

}  // namespace

SourceModel make_random_model(const RandomShape& shape) {
  const Architecture a = architecture_of(shape);
  TensorMaker make(shape.seed);
  SourceModel model{.family = "llama",
                    .name = "random-" + shape.name,
                    .source = "random weights " + to_string(shape),
                    .licence = {},
                    .architecture = a,
                    .rotary = {.theta = rope_theta},
                    .embedding = make.matrix("embedding", a.vocab_size, a.dim),
                    .layers = {},
                    .final_norm = ones("final_norm", a.dim),
                    .lm_head = {},
                    .tokenizer = {},
                    .sampling = {}};
  if (shape.window != 0 && shape.local_head_dim != 0 && shape.local_head_dim != a.head_dim) {
    model.architecture.local_rotary = true;
    model.architecture.local_rotary_dim = static_cast<std::uint16_t>(shape.local_head_dim);
    model.local_rotary = SourceRotary{.theta = rope_theta};
  }
  if (a.per_layer_dim != 0) add_layer_inputs(make, model);
  const ModelShape layers = shape_of(shape, a);
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    model.layers.push_back(make_differing(make, a, layers.layers[i], i));
    const auto& list = shape.attention;
    const std::string layer = "layers." + std::to_string(i) + ".";
    SourceLayer& made = model.layers[i];
    if (shape.conv == 0 && !a.attended_gate) continue;
    if (shape.conv == 0 || std::find(list.begin(), list.end(), i) != list.end()) {
      if (!a.attended_gate) continue;
      made.attended_gate = make.matrix(layer + "attended_gate", a.query_dim(), a.dim);
    } else if (shape.state_heads != 0) {
      made = make_delta(make, a, layer, std::move(made));
    } else {
      made = make_convolution(make, a, layer, std::move(made));
    }
  }
  if (!a.tied_embedding) model.lm_head = make.matrix("head", a.vocab_size, a.dim);
  return model;
}

SourceTokenizer make_byte_tokenizer(std::uint32_t vocab_size) {
  SourceTokenizer tokenizer{.pieces = {{.text = "<unk>", .kind = SourcePieceKind::unknown},
                                       {.text = "<s>", .kind = SourcePieceKind::control},
                                       {.text = "</s>", .kind = SourcePieceKind::control}},
                            .bos = 1,
                            .eos = 2,
                            .unknown = 0};
  for (unsigned value = 0; value < 256; ++value) {
    tokenizer.pieces.push_back({.text = byte_text(value), .kind = SourcePieceKind::byte});
  }
  if (vocab_size < tokenizer.pieces.size()) {
    fail("vocab: ", vocab_size, " is less than the ", tokenizer.pieces.size(),
         " pieces of a tokenizer of bytes; give more, or --no-tokenizer");
  }
  // No merge leads to these: their first two characters are not a piece.
  for (std::size_t id = tokenizer.pieces.size(); id < vocab_size; ++id) {
    tokenizer.pieces.push_back({.text = std::to_string(id).insert(0, 1, ' ')});
  }
  return tokenizer;
}

}  // namespace ringlet::convert
