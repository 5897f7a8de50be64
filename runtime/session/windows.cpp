#include "session/windows.hpp"

#include <algorithm>

namespace ringlet {
namespace {

/// Calls visit(bytes) for the keys and values of the rings of all layers without sinks.
template <typename Visit>
void for_each_window(const KvCache& cache, const Architecture& architecture, Visit visit) {
  for (std::uint32_t i = 0; i < architecture.layers; ++i) {
    if (cache.layer(i).ring.sinks > 0) continue;
    for (const Region region : {Region::hot, Region::cold}) {
      for (const std::span<std::byte> bytes : cache.layer_bytes(i, region, architecture)) {
        visit(bytes);
      }
    }
  }
}

}  // namespace

std::uint64_t window_bytes(const Model& model, const Config& config) noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    const LayerCache layer = layer_cache(config, model.window(i), model.recommended_kv(i));
    if (layer.ring.sinks == 0) sum += layer_cache_bytes(layer, model.architecture()).total();
  }
  return sum;
}

void save_windows(const KvCache& cache, const Architecture& architecture,
                  std::byte* copy) noexcept {
  for_each_window(cache, architecture, [&](std::span<std::byte> bytes) {
    copy = std::copy(bytes.begin(), bytes.end(), copy);
  });
}

void load_windows(const std::byte* copy, const Architecture& architecture,
                  KvCache& cache) noexcept {
  for_each_window(cache, architecture, [&](std::span<std::byte> bytes) {
    std::copy_n(copy, bytes.size(), bytes.begin());
    copy += bytes.size();
  });
}

}  // namespace ringlet
