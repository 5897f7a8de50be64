// The sizes of one layer. In most models all layers have those of the architecture; a layer can
// have its own head size, heads of keys and values, hidden width and rotary dimensions, and it can
// read the cache of an earlier layer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "base/features.hpp"
#include "ringlet/model.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// Heads of keys and values, and their size.
struct HeadSizes {
  std::uint32_t kv_heads;
  std::uint32_t head_dim;
};

/// Returns the architecture with the sizes of this layer.
[[nodiscard]] Architecture with_sizes_of(const Architecture& architecture,
                                         const schema::Layer& layer) noexcept;

/// Without own sizes of layers it is that of the model, and copies nothing.
template <bool differ>
using LayerArchitecture = std::conditional_t<differ, Architecture, const Architecture&>;

template <bool differ = features::per_layer>  // a template, so that one of the two is left out
[[nodiscard]] LayerArchitecture<differ> layer_architecture(const Model& model,
                                                           std::uint32_t layer) noexcept {
  if constexpr (differ) {
    return with_sizes_of(model.architecture(), *model.tables()->layers()->Get(layer));
  } else {
    return model.architecture();
  }
}

[[nodiscard]] inline HeadSizes head_sizes(const Model& model, std::uint32_t layer) noexcept {
  HeadSizes sizes{model.architecture().kv_heads, model.architecture().head_dim};
  if constexpr (features::per_layer) {
    const schema::Layer& table = *model.tables()->layers()->Get(layer);
    if (table.kv_heads() != 0) sizes.kv_heads = table.kv_heads();
    if (table.head_dim() != 0) sizes.head_dim = table.head_dim();
  }
  return sizes;
}

/// The most that any layer has of what `size` returns for an Architecture.
template <typename Size>
[[nodiscard]] auto most_of_layers(const Model& model, Size size) noexcept {
  auto most = size(model.architecture());
  for (std::uint32_t i = 0; features::per_layer && i < model.architecture().layers; ++i) {
    most = std::max(most, size(layer_architecture(model, i)));
  }
  return most;
}

/// Whether a later layer reads the cache of this one. Its ring then keeps what a whole pass reads,
/// in one tier.
[[nodiscard]] bool lends_cache(const Model& model, std::uint32_t layer) noexcept;

}  // namespace ringlet
