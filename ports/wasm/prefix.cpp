// Where the texts of a session begin: at a prefix, or empty.
#include "export.hpp"
#include "failure.hpp"
#include "ringlet/snapshot.hpp"
#include "seat.hpp"

namespace ringlet::port {

Status begin_text(Seat& seat) noexcept {
  seat.sampler.reset();
  if (seat.prefix.empty()) {
    seat.session.reset();
    return {};
  }
  const Status status = seat.session.restore(seat.prefix, &seat.sampler);
  // The seed of a text is the caller's, not that of whoever made the prefix.
  if (status.ok()) seat.sampler.resume({.seed = seat.sampling.seed, .draws = 0});
  return status;
}

/// Lets texts begin with a prefix, aligned to 64, which must stay; its settings are the seat's
/// until others are set.
RINGLET_EXPORT(seat_prefix)
bool seat_prefix(Seat* seat, const std::byte* bytes, std::size_t size) {
  SnapshotInfo info;
  if (!store(info, snapshot_info({bytes, size}))) return false;
  if (info.model_hash != seat->model.hash()) {
    return succeeds({ErrorCode::invalid_argument, "prefix",
                     "was made with another model; make it again with this one"});
  }
  seat->prefix = {bytes, size};
  Config& config = seat->config;
  config.context = info.context;
  config.allow_longer_context = true;  // whoever made the prefix agreed to it
  config.sinks = info.sinks;
  config.kv = info.kv;
  config.hot_window = info.hot_window;
  config.prefill_chunk = info.prefill_chunk;
  return true;
}

/// Reads the sinks in place where the settings allow it. After all settings.
RINGLET_EXPORT(seat_place_sinks) bool seat_place_sinks(Seat* seat) {
  if (seat->prefix.empty()) return true;
  SnapshotInfo info;
  if (!store(info, snapshot_info(seat->prefix))) return false;
  const std::uint32_t sinks = seat->config.sinks;
  seat->config.sinks_in_snapshot = sinks > 0 && sinks == info.sinks && info.position >= sinks;
  return true;
}

}  // namespace ringlet::port
