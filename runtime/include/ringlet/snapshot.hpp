// Snapshots: a session as bytes (cache, position, logits, sampler), to continue later or on another
// machine. Session::save writes snapshots and Session::restore reads them; the functions here need
// no session.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The contents of a snapshot's header.
struct SnapshotInfo {
  std::uint64_t model_hash = 0;  // Model::hash() of its model
  std::uint64_t position = 0;    // number of tokens in the session
  std::uint32_t context = 0;     // this and the following as in Config
  std::uint32_t sinks = 0;
  std::uint32_t hot_window = 0;
  std::uint32_t prefill_chunk = 0;
  std::optional<KvFormats> kv;  // empty if layers differ
  bool has_logits = false;
  bool has_sampler = false;
};

/// Reads the header of a snapshot, which must be aligned to 8. Verifies the header and the size of
/// the snapshot, but does not read the cache, so the time does not depend on its size. Error:
/// invalid_snapshot or checksum_mismatch if it is damaged or not a snapshot.
Result<SnapshotInfo> snapshot_info(std::span<const std::byte> snapshot) noexcept;

/// For snapshot_bytes(): the maximum over all positions.
inline constexpr std::uint64_t any_position = std::numeric_limits<std::uint64_t>::max();

/// Returns the maximum size in bytes of a snapshot that Session::save writes at `position`, by
/// default at any position, for this model and configuration. A pure function with the same result
/// on every target. The size is exact for a session that has logits, never went back, and whose
/// sampler remembers config.repeat_window tokens. Errors: those of plan().
Result<std::uint64_t> snapshot_bytes(const Model& model, const Config& config,
                                     std::uint64_t position = any_position) noexcept;

}  // namespace ringlet
