// How an image is laid out, and its head as plain data.
//
//   head        FlatBuffer of schema/image.fbs with its size in front (identifier RGLI), padded to
//               64
//   planes      for each region (pinned, ring, cold): the keys of layer 0
//               [head 0 codes | scales] [head 1 …], layer 1 …, then the values likewise; of every
//               head the slots in use; then, where there are any, the logits, padded to 64
//   checksums   CRC32C of the head and of the planes, 8 bytes
//
// Codes and scales of a head are whole lines of 64 bytes, so every part is aligned to 64 in the
// image. A region whose slots are all in use looks as it does in a session's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cache/kv_cache.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/status.hpp"
#include "schema/image_generated.h"

namespace ringlet {

inline constexpr std::uint32_t image_version = 2;
inline constexpr std::uint64_t image_alignment = 64;  // of the planes

/// The end of an image.
struct ImageChecksums {
  std::uint32_t head;
  std::uint32_t planes;
};

/// An image in memory whose head has been verified.
struct ImageView {
  const schema::Image* head = nullptr;
  std::span<const std::byte> planes;
  std::uint32_t planes_crc32c = 0;
};

/// Checks that the bytes are an image, whole, with an intact head of this version. The planes are
/// not read.
Result<ImageView> open_image(std::span<const std::byte> image) noexcept;

/// What a head is written from.
struct ImageContent {
  const Model& model;
  const Config& config;  // resolved
  RingCursor cursor;
  std::uint32_t logits = 0;
  std::uint32_t recent = 0;          // tokens that the sampler remembers
  const Sampler* sampler = nullptr;  // null where only the size matters, or there is none
  bool has_sampler = false;
};

/// Bytes of the planes of a session at `cursor`, logits included.
[[nodiscard]] std::uint64_t planes_bytes(const ImageContent& content) noexcept;

/// Writes the head with its padding to the start of `out`, as far as there is room, and returns its
/// size.
std::size_t write_image_head(const ImageContent& content, std::span<std::byte> out) noexcept;

/// A layer of a session as its image holds it: with the slots in use as the slots of its regions.
[[nodiscard]] LayerCache layer_in_image(const LayerCache& layer, const RingCursor& cursor) noexcept;

}  // namespace ringlet
