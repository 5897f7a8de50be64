// Snapshots of sessions: saved into memory of exactly their size, and taken apart.
#pragma once

#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "ringlet/snapshot.hpp"
#include "schema/snapshot_generated.h"
#include "support/aligned.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {

/// The snapshot of a session. Fails the test when it cannot be saved.
AlignedBytes snapshot_of(const Session& session, const Sampler* sampler = nullptr);

/// The same as a vector, which compares and prints.
std::vector<std::byte> saved_bytes(const Session& session);

/// Bytes of the header with its size in front, as far as there is one within the snapshot.
std::size_t header_bytes(std::span<const std::byte> snapshot);

/// Puts the checksums of the header and of the planes right.
void seal_snapshot(std::span<std::byte> snapshot);

/// Writes a number of the header (slot: VT_… of the generated code) and puts the checksums right.
template <typename T>
void set_header(AlignedBytes& snapshot, flatbuffers::voffset_t slot, T value) {
  auto* root =
      flatbuffers::GetMutableRoot<flatbuffers::Table>(snapshot.data() + sizeof(std::uint32_t));
  EXPECT_TRUE(root->SetField<T>(slot, value, static_cast<T>(~value)));
  seal_snapshot(snapshot.span());
}

}  // namespace ringlet::test
