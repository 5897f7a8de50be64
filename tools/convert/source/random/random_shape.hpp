// The shape of a model with random weights, as typed: "llama-135m" or
// "llama:dim=2048,layers=22,heads=32,ffn=5632,vocab=32000".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::convert {

struct RandomShape {
  std::string name;  // the part before the colon
  std::uint32_t dim = 0;
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;  // default: heads
  std::uint32_t head_dim = 0;  // default: dim / heads
  std::uint32_t ffn = 0;
  std::uint32_t vocab = 0;
  std::uint32_t context = 2048;
  std::uint32_t tied = 0;        // 1: lm_head is the embedding
  std::uint32_t rotary_dim = 0;  // 0: head_dim
  std::uint32_t conv = 0;        // positions of convolutions in the layers without attention
  // Of gated delta rules in these layers, and then the others have a gate. 0: none.
  std::uint32_t state_heads = 0;
  std::uint32_t state_key_heads = 0;  // default: state_heads
  std::uint32_t state_head_dim = 0;
  std::uint32_t state_key_dim = 0;
  // Of the layers with a window, and the head_dim that these have. 0: all see the whole context.
  std::uint32_t window = 0;
  std::uint32_t local_head_dim = 0;  // default: head_dim
  std::uint32_t readers = 0;         // so many last layers read the caches of earlier ones
  std::uint32_t reader_ffn = 0;      // default: ffn
  std::uint32_t layer_inputs = 0;    // numbers that a token brings for each layer
  std::uint32_t seed = 1;
  /// The layers with attention, if `conv` is not 0, and those without a window, if `window` is not
  /// 0; as typed, "2+5+8". Empty: none.
  std::vector<std::uint32_t> attention = {};
};

/// Parses NAME or NAME:key=value,... The keys are the fields above. NAME is "llama", which requires
/// dim, layers, heads, ffn and vocab, or a preset, whose keys can be overridden. Throws
/// std::runtime_error with one sentence that names the key.
RandomShape parse_random_shape(std::string_view text);

/// The whole shape in the syntax above, including defaults.
std::string to_string(const RandomShape& shape);

/// One line per preset with its name and keys, as help text.
std::string describe_random_presets();

}  // namespace ringlet::convert
