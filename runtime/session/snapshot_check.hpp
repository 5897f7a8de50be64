// Checks whether a snapshot can be restored into a session.
#pragma once

#include "session/snapshot_header.hpp"

namespace ringlet {

/// The settings under which a snapshot was saved, as far as they determine the content of the
/// cache; the other settings are those of `session`.
[[nodiscard]] Config config_of_snapshot(const schema::Snapshot& header,
                                        const Config& session) noexcept;

/// Layer i of a snapshot, after check_snapshot has passed.
class LayersOfSnapshot {
 public:
  LayersOfSnapshot(const schema::Snapshot& header, const Model& model,
                   const Config& session) noexcept
      : model_(model),
        config_(config_of_snapshot(header, session)),
        cursor_(header.position(), header.written()) {}

  [[nodiscard]] LayerCache operator()(std::uint32_t i) const noexcept {
    return layer_in_snapshot(layer_cache(model_, config_, i), cursor_);
  }

 private:
  const Model& model_;
  Config config_;
  RingCursor cursor_;
};

/// Checks that the snapshot is of this model, that a session with `config` (resolved) and this
/// cache would have reached the same state, and that the header is consistent. The planes are not
/// read. The error for a setting that differs names the field, the value of the snapshot (needed)
/// and that of the session (actual).
Status check_snapshot(const SnapshotView& snapshot, const Model& model, const Config& config,
                      const KvCache& cache) noexcept;

/// Checks that the planes hold only values that a cache can hold, after check_snapshot has passed.
Status check_planes(const SnapshotView& snapshot, const Model& model,
                    const Config& config) noexcept;

}  // namespace ringlet
