// A session as bytes.
#include "ringlet/snapshot.hpp"

#include "export.hpp"
#include "failure.hpp"
#include "seat.hpp"

namespace ringlet::port {

/// The largest snapshot of the settings, as the seat's number.
RINGLET_EXPORT(snapshot_most_bytes) bool snapshot_most_bytes(Seat* seat) {
  return store(seat->number, snapshot_bytes(seat->model, seat->config));
}
/// The largest snapshot at the session's position.
RINGLET_EXPORT(snapshot_bytes_now) bool snapshot_bytes_now(Seat* seat) {
  return store(seat->number, snapshot_bytes(seat->model, seat->config, seat->session.position()));
}
/// Writes a snapshot of session and sampler to memory aligned to 8; the seat's number is its size.
RINGLET_EXPORT(session_save) bool session_save(Seat* seat, std::byte* out, std::size_t size) {
  const Result<std::size_t> saved = seat->session.save({out, size}, &seat->sampler);
  if (saved.ok()) seat->number = *saved;
  return succeeds(saved.status());
}
/// Restores session and sampler from a snapshot, aligned to 8.
RINGLET_EXPORT(session_restore)
bool session_restore(Seat* seat, const std::byte* snapshot, std::size_t size) {
  return succeeds(seat->session.restore({snapshot, size}, &seat->sampler));
}

}  // namespace ringlet::port
