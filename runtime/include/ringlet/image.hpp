// A session in bytes: its cache, position, logits and sampler, to go on with later or elsewhere.
// Session::save writes images and Session::restore reads them; here is what can be known of one
// without a session. The layout is in runtime/session/README.md.
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

/// What an image says about itself.
struct ImageInfo {
  std::uint64_t model_hash = 0;  // of the model that it belongs to
  std::uint64_t position = 0;    // tokens that the session held
  std::uint32_t context = 0;     // the configuration, as in Config
  std::uint32_t sinks = 0;
  std::uint32_t hot_window = 0;
  std::uint32_t prefill_chunk = 0;
  std::optional<KvFormats> kv;  // empty where layers differ
  bool has_logits = false;
  bool has_sampler = false;
};

/// Reads the head of an image, after verifying that it is one, whole, and that its head is intact.
/// The time does not depend on the size of the cache. `image` must be aligned to 8.
Result<ImageInfo> image_info(std::span<const std::byte> image) noexcept;

inline constexpr std::uint64_t any_position = std::numeric_limits<std::uint64_t>::max();

/// The most bytes that Session::save writes for a session of this model and configuration at
/// `position`, and, by default, at any. Pure, and the same number on every target. It is what
/// save() needs when the session has logits, never went back, and its sampler remembers
/// config.repeat_window tokens. Fails as plan() does.
Result<std::uint64_t> image_bytes(const Model& model, const Config& config,
                                  std::uint64_t position = any_position) noexcept;

}  // namespace ringlet
