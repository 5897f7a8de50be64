#include "support/snapshots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"
#include "session/snapshot_header.hpp"

namespace ringlet::test {

AlignedBytes snapshot_of(const Session& session, const Sampler* sampler) {
  const Result<std::size_t> needed = session.save({}, sampler);
  EXPECT_EQ(needed.status().code(), ErrorCode::not_enough_memory) << line(needed.status());
  AlignedBytes snapshot(static_cast<std::size_t>(needed.status().needed()), std::byte{0xCD});
  const Result<std::size_t> saved = session.save(snapshot.span(), sampler);
  EXPECT_TRUE(saved.ok()) << line(saved.status());
  EXPECT_EQ(*saved, snapshot.size());
  return snapshot;
}

std::vector<std::byte> saved_bytes(const Session& session) {
  const AlignedBytes snapshot = snapshot_of(session);
  return {snapshot.span().begin(), snapshot.span().end()};
}

std::size_t header_bytes(std::span<const std::byte> snapshot) {
  std::uint32_t size = 0;
  if (snapshot.size() < sizeof(size) + sizeof(SnapshotChecksums)) return 0;
  std::memcpy(&size, snapshot.data(), sizeof(size));
  return std::min(sizeof(size) + size, snapshot.size() - sizeof(SnapshotChecksums));
}

void seal_snapshot(std::span<std::byte> snapshot) {
  if (snapshot.size() < sizeof(SnapshotChecksums)) return;
  const std::size_t header = header_bytes(snapshot);
  const std::size_t end = snapshot.size() - sizeof(SnapshotChecksums);
  const SnapshotChecksums checksums{crc32c(snapshot.first(header)),
                                    crc32c(snapshot.subspan(header, end - header))};
  std::memcpy(snapshot.data() + end, &checksums, sizeof(checksums));
}

}  // namespace ringlet::test
