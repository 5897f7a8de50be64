// The attention weights of the newest token in one layer.
#include <new>

#include "attention_watch.hpp"
#include "export.hpp"
#include "seat.hpp"

namespace ringlet::port {
namespace {

struct Watch {
  AttentionWatch watch;
  std::uint32_t most;
};

float* room_of(Watch* watch) { return reinterpret_cast<float*>(watch + 1); }

}  // namespace

/// Bytes of a watch of a layer; 0 if its weights cannot be computed.
RINGLET_EXPORT(attention_bytes)
std::size_t attention_bytes(const Seat* seat, std::uint32_t layer) {
  if (!AttentionWatch::supports(seat->model, layer)) return 0;
  const Config& config = seat->session.config();
  const std::size_t weights = cache_layout(seat->model, config, layer).sinks +
                              std::size_t{cache_layout(seat->model, config, layer).window};
  return sizeof(Watch) +
         sizeof(float) * (weights + AttentionWatch::floats(seat->model, config, layer));
}

/// Watches a layer from now on, in a block of attention_bytes().
RINGLET_EXPORT(attention_begin)
void attention_begin(Seat* seat, std::uint32_t layer, Watch* watch) {
  const Config& config = seat->session.config();
  const CacheLayout layout = cache_layout(seat->model, config, layer);
  new (watch) Watch{.watch = {}, .most = layout.sinks + layout.window};
  watch->watch = AttentionWatch(seat->model, config, layer, room_of(watch) + watch->most);
  seat->session.set_observer(watch->watch.observer());
}

/// Ends the watch, whose block can be given back.
RINGLET_EXPORT(attention_end) void attention_end(Seat* seat) { seat->session.set_observer({}); }

/// Computes the weights, averaged over the heads, and returns their number.
RINGLET_EXPORT(attention_weights) std::uint32_t attention_weights(Watch* watch) {
  return watch->watch.average({room_of(watch), watch->most});
}
/// Where they are.
RINGLET_EXPORT(attention_address) const float* attention_address(Watch* watch) {
  return room_of(watch);
}

}  // namespace ringlet::port
