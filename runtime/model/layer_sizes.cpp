#include "model/layer_sizes.hpp"

namespace ringlet {

Architecture with_sizes_of(const Architecture& architecture, const schema::Layer& layer) noexcept {
  Architecture a = architecture;
  if (layer.head_dim() != 0) a.head_dim = layer.head_dim();
  if (layer.kv_heads() != 0) a.kv_heads = layer.kv_heads();
  if (layer.hidden_dim() != 0) a.hidden_dim = layer.hidden_dim();
  if (layer.rotary() == schema::Rotary::local) a.rotary_dim = a.local_rotary_dim;
  return a;
}

bool lends_cache(const Model& model, std::uint32_t layer) noexcept {
  if (!features::per_layer) return false;
  for (std::uint32_t i = layer + 1; i < model.architecture().layers; ++i) {
    if (model.cache_of(i) == layer) return true;
  }
  return false;
}

}  // namespace ringlet
