// The settings that an image was planned with, and what it does with results.
#pragma once

#include "report.hpp"
#include "ringlet/ringlet.hpp"
#include "storyteller.h"  // made by ringlet_add_model()

namespace ringlet::port {

inline constexpr Config planned_config{
    .context = RINGLET_CONTEXT,
    .sinks = RINGLET_SINKS,
    .kv = KvFormats{KvFormat{RINGLET_KV_KEYS}, KvFormat{RINGLET_KV_VALUES}},
    .hot_window = RINGLET_HOT_WINDOW,
    .prefill_chunk = RINGLET_PREFILL_CHUNK,
    .lanes = RINGLET_LANES,
    .longest_word = RINGLET_LONGEST_WORD,
    .repeat_window = RINGLET_REPEAT_WINDOW,
    .sinks_in_image = RINGLET_SINKS_IN_IMAGE != 0};

template <typename T>
T value_or_fail(const Result<T>& result) {
  if (!result.ok()) fail(result.status());
  return *result;
}

inline void check(const Status& status) {
  if (!status.ok()) fail(status);
}

/// The model in flash, every byte of it verified, or the end.
Model open_model() noexcept;

/// The model's own sampling with a fixed seed, in the session's workspace.
Sampler make_sampler(const Session& session) noexcept;

inline constexpr std::uint64_t seed = 1;

}  // namespace ringlet::port
