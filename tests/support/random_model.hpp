// Small random models of any shape. Their weights come from integers, so the file that the
// converter makes of them, and every digest over it, is the same on every target.
#pragma once

#include <cstdint>
#include <vector>

#include "ringlet/architecture.hpp"
#include "source/source_model.hpp"

namespace ringlet::test {

struct Recipe {
  Architecture architecture;
  double rope_theta = 10000.0;
  std::vector<std::uint32_t> windows = {};  // one per layer; empty: no layer has its own
  std::uint64_t seed = 1;
  bool hadamard_keys = false;
  float key_bias = 0;              // size of the key biases that every layer has; 0: none
  std::vector<Mixer> mixers = {};  // one per layer; empty: all attend
  /// Layers with a window have smaller heads, the last two read the caches of earlier ones, and
  /// tokens bring inputs for layers.
  bool layers_differ = false;
  bool tokenizer = false;  // needs a vocabulary of at least `tokenizer_pieces`
};

/// Ids 0–2 are unknown, begin and end; 3–258 the bytes; then letters and words.
inline constexpr std::uint32_t tokenizer_pieces = 320;

/// Two layers, four query heads on two kv heads of 16, trained on 64 positions.
Architecture small_architecture();

/// The small architecture with other heads; the width of the residual stream stays.
Architecture architecture_with_heads(std::uint32_t heads, std::uint32_t kv_heads,
                                     std::uint32_t head_dim);

/// Sizes for layers with gated delta rules, and gates for the others.
void add_state(Architecture& architecture);

/// Sizes for a recipe whose layers differ: five layers, of which three have a window.
void add_differences(Recipe& recipe);

/// A base for which theta^(−2i/rotary_dim) is a power of two for every i, so that the rotary steps
/// do not depend on how a library rounds pow().
double exact_rope_theta(std::uint32_t rotary_dim);

convert::SourceModel make_source(const Recipe& recipe);

/// Token ids in [0, vocabulary), the same on every target.
std::vector<std::uint32_t> random_tokens(std::size_t count, std::uint32_t vocabulary,
                                         std::uint64_t seed);

}  // namespace ringlet::test
