// What the architectures of GGUF files have in common.
#pragma once

#include <cstdint>
#include <string>

#include "gguf.hpp"
#include "model_shape.hpp"
#include "tensor_store.hpp"

namespace ringlet::convert {

/// A file that is being read, and what is known of its model so far.
struct GgufSource {
  const GgufMetadata& metadata;
  TensorStore& store;
  ModelShape shape;

  /// A setting's key, which begins with the architecture.
  [[nodiscard]] std::string key(const char* name) const { return shape.family + "." + name; }

  /// Whether the first layer has a tensor. It stands for all; the others then must have it too.
  [[nodiscard]] bool has(const char* part, const char* suffix) const;
};

// Each throws std::runtime_error, naming the file and the key or tensor at fault.

/// Sizes, the epsilon of norms of that kind, rotary steps with their scaling, and which optional
/// tensors there are.
void read_gguf_common(GgufSource& source, NormKind norm);

/// Rotary steps; called by read_gguf_common.
void read_gguf_rotary(GgufSource& source);

/// Gives the layers of which `is_sliding(index)` holds the window that the file names, or
/// `otherwise`; 0 is none.
template <typename IsSliding>
void read_gguf_windows(GgufSource& source, IsSliding is_sliding, std::uint32_t otherwise = 0) {
  const std::uint32_t window =
      source.metadata.size(source.key("attention.sliding_window"), otherwise);
  for (std::uint32_t i = 0; i < source.shape.layers.size(); ++i) {
    if (is_sliding(i)) source.shape.layers[i].window = window;
  }
}

}  // namespace ringlet::convert
