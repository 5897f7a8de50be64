// Images of sessions: saved into memory of exactly their size, and taken apart.
#pragma once

#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "ringlet/image.hpp"
#include "schema/image_generated.h"
#include "support/aligned.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {

/// The image of a session. Fails the test when it cannot be saved.
AlignedBytes image_of(const Session& session, const Sampler* sampler = nullptr);

/// Bytes of the head with its size in front, as far as there is one within the image.
std::size_t head_bytes(std::span<const std::byte> image);

/// Puts the checksums of the head and of the planes right.
void seal_image(std::span<std::byte> image);

/// Writes a number of the head (slot: VT_… of the generated code) and puts the checksums right.
template <typename T>
void set_head(AlignedBytes& image, flatbuffers::voffset_t slot, T value) {
  auto* root =
      flatbuffers::GetMutableRoot<flatbuffers::Table>(image.data() + sizeof(std::uint32_t));
  EXPECT_TRUE(root->SetField<T>(slot, value, static_cast<T>(~value)));
  seal_image(image.span());
}

}  // namespace ringlet::test
