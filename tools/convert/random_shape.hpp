// The shape of a model of random weights, as it is typed: "llama-135m" or
// "llama:dim=2048,layers=22,heads=32,ffn=5632,vocab=32000".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringlet::convert {

struct RandomShape {
  std::string name;  // what stood before the colon
  std::uint32_t dim = 0;
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;  // default: heads
  std::uint32_t head_dim = 0;  // default: dim / heads
  std::uint32_t ffn = 0;
  std::uint32_t vocab = 0;
  std::uint32_t context = 2048;
  std::uint32_t tied = 0;  // 1: the head is the embedding
  std::uint32_t seed = 1;
};

/// NAME or NAME:key=value,...; keys are the fields above and NAME is "llama", which needs dim,
/// layers, heads, ffn and vocab, or a preset, whose keys may be given anew. Throws
/// std::runtime_error in one sentence that names the key.
RandomShape parse_random_shape(std::string_view text);

/// The whole shape in the form that is parsed, defaults included.
std::string to_string(const RandomShape& shape);

/// One line for each preset: its name and keys, as help for people.
std::string describe_random_presets();

}  // namespace ringlet::convert
