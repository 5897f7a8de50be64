// What an application chooses about a session. Everything that costs memory is here.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <optional>

#include "ringlet/formats.hpp"

namespace ringlet {

/// The settings of a session. The default is safe: the model's own context and cache formats.
struct Config {
  /// Tokens that attention can see at once: the pinned ones and the ring's window. 0 takes the
  /// length that the model was trained on, which is also the most that plan() accepts.
  std::uint32_t context = 0;

  /// The first tokens of a session, kept for ever as attention sinks (Xiao et al., StreamingLLM,
  /// 2023).
  std::uint32_t sinks = 4;

  /// The formats of the cache in every layer; empty takes the model's recommendation, layer by
  /// layer.
  std::optional<KvFormats> kv = std::nullopt;

  /// Where keys or values are INT4, as many of the newest positions are INT8: attention looks at
  /// those most. At least ring_chunk(). 16 less than a multiple of 32 wastes nothing, because the
  /// ring has whole pages.
  std::uint32_t hot_window = 48;

  /// The most tokens that go through the layers together in prefill. More make matrix products
  /// faster up to a few hundred, and cost working memory.
  std::uint32_t prefill_chunk = 16;

  /// Threads that a team may bring. Each lane has its own attention scratch; no result depends on
  /// it.
  std::uint32_t lanes = 1;

  /// The longest run of text without a space, in bytes, that the tokenizer's workspace holds.
  std::uint32_t longest_word = 1024;

  /// Tokens that the repetition penalty looks back on.
  std::uint32_t repeat_window = 64;

  /// Allows a context longer than the model was trained on. Quality is then undefined.
  bool allow_longer_context = false;

  /// The sinks lie in an image that Session::restore is given and are read there, in place, by as
  /// many sessions as like; the plan counts no bytes for them. Such a session begins with restore.
  bool sinks_in_image = false;

  /// Bytes that the plan sets aside for an Accelerator, which says how many it needs.
  std::uint64_t accelerator_bytes = 0;

  /// The most tokens that a layer's ring takes in before they are attended to: the ring has room
  /// for that many beyond its window, and a session may go back by one less once it is full.
  [[nodiscard]] constexpr std::uint32_t ring_chunk() const noexcept {
    return prefill_chunk < 16 ? prefill_chunk : 16;
  }
};

}  // namespace ringlet
