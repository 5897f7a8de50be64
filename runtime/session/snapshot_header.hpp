// The layout of a snapshot, and its header as plain data.
//
//   header      size-prefixed FlatBuffer of schema/snapshot.fbs (identifier RGLI), padded to 64
//   planes      for each region (sinks, hot, cold): the keys of layer 0
//               [head 0 codes | scales] [head 1 …], layer 1 …, then the values likewise; the slots
//               in use of every head; then the recurrent inputs that the next token reads, if
//               any (cache/recurrent_inputs.hpp); then the logits, if any, padded to 64
//   checksums   CRC32C of the header and of the planes, 8 bytes
//
// Codes and scales of a head are multiples of 64 bytes, so every part is aligned to 64 in the
// snapshot. A region whose slots are all in use has the same bytes as in a session's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cache/kv_cache.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/status.hpp"
#include "schema/snapshot_generated.h"

namespace ringlet {

inline constexpr std::uint32_t snapshot_version = 2;
inline constexpr std::uint64_t snapshot_alignment = 64;  // of the planes

/// The end of a snapshot.
struct SnapshotChecksums {
  std::uint32_t header;
  std::uint32_t planes;
};

/// A snapshot in memory with a verified header.
struct SnapshotView {
  const schema::Snapshot* header = nullptr;
  std::span<const std::byte> planes;
  std::uint32_t planes_crc32c = 0;
};

/// Checks that the bytes are a complete snapshot with an intact header of this version. The planes
/// are not read.
Result<SnapshotView> open_snapshot(std::span<const std::byte> snapshot) noexcept;

/// The data from which a header is written.
struct SnapshotContent {
  const Model& model;
  const Config& config;  // resolved
  RingCursor cursor;
  std::uint32_t logits = 0;
  std::uint32_t recent = 0;          // tokens that the sampler remembers
  const Sampler* sampler = nullptr;  // null if there is none, or only the size matters
  bool has_sampler = false;
};

/// Size in bytes of the planes of a session at `cursor`, including logits.
[[nodiscard]] std::uint64_t planes_bytes(const SnapshotContent& content) noexcept;

/// Writes the header with its padding to the start of `out`, as far as it fits, and returns its
/// size.
std::size_t write_snapshot_header(const SnapshotContent& content,
                                  std::span<std::byte> out) noexcept;

/// A layer of a session as stored in its snapshot: its regions have only the slots in use.
[[nodiscard]] LayerCache layer_in_snapshot(const LayerCache& layer,
                                           const RingCursor& cursor) noexcept;

}  // namespace ringlet
