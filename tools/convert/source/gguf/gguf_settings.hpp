// Settings that GGUF architectures share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "source/gguf/gguf.hpp"
#include "source/model_shape.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// A file being read, and the shape of its model so far.
struct GgufSource {
  const GgufMetadata& metadata;
  TensorStore& store;
  ModelShape shape;

  /// The key of a setting, which begins with the architecture.
  [[nodiscard]] std::string key(const char* name) const { return shape.family + "." + name; }

  /// Whether the first layer has a tensor. All other layers must then have it too.
  [[nodiscard]] bool has(const char* part, const char* suffix) const;
};

// Each throws std::runtime_error with the file and the key or tensor at fault.

/// Reads sizes, the epsilon of this kind of norm, rotary frequencies with their scaling, and which
/// optional tensors exist.
void read_gguf_common(GgufSource& source, NormKind norm);

/// Reads rotary frequencies. read_gguf_common calls it.
void read_gguf_rotary(GgufSource& source);

/// Sets the window of layers for which `is_sliding(index)` is true: the file's, or `otherwise`; 0
/// means none.
template <typename IsSliding>
void read_gguf_windows(GgufSource& source, IsSliding is_sliding, std::uint32_t otherwise = 0) {
  const std::uint32_t window =
      source.metadata.size(source.key("attention.sliding_window"), otherwise);
  for (std::uint32_t i = 0; i < source.shape.layers.size(); ++i) {
    if (is_sliding(i)) source.shape.layers[i].window = window;
  }
}

/// Which layers have a window: as the file lists them, otherwise all but the last of every `every`
/// layers (0: all layers). Throws std::runtime_error for a list of another length.
[[nodiscard]] std::vector<bool> gguf_sliding_layers(const GgufSource& source, std::uint32_t every);

}  // namespace ringlet::convert
