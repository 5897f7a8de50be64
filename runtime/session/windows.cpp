#include "session/windows.hpp"

#include <algorithm>

namespace ringlet {
namespace {

/// Calls visit(bytes) for the keys and values of the rings of all layers without sinks.
template <typename Visit>
void for_each_window(const KvCache& cache, std::uint32_t layers, Visit visit) {
  for (std::uint32_t i = 0; i < layers; ++i) {
    if (cache.layer(i).ring.sinks > 0) continue;
    for (const Region region : {Region::hot, Region::cold}) {
      for (const std::span<std::byte> bytes : cache.layer_bytes(i, region)) {
        visit(bytes);
      }
    }
  }
}

}  // namespace

std::uint64_t window_bytes(const Model& model, const Config& config) noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const LayerCache layer = layer_cache(model, config, i);
    if (layer.ring.sinks == 0) sum += layer_cache_bytes(layer, head_sizes(model, i)).total();
  }
  return sum + recurrent_sizes(model, config).saved_bytes();
}

void save_windows(const KvCache& cache, std::uint32_t layers, std::uint64_t position,
                  std::byte* copy) noexcept {
  for_each_window(cache, layers, [&](std::span<std::byte> bytes) {
    copy = std::copy(bytes.begin(), bytes.end(), copy);
  });
  if (cache.recurrent() != nullptr) cache.recurrent()->save(position, copy);
}

void load_windows(const std::byte* copy, std::uint32_t layers, std::uint64_t position,
                  KvCache& cache) noexcept {
  for_each_window(cache, layers, [&](std::span<std::byte> bytes) {
    std::copy_n(copy, bytes.size(), bytes.begin());
    copy += bytes.size();
  });
  if (cache.recurrent() != nullptr) cache.recurrent()->load(position, copy);
}

}  // namespace ringlet
