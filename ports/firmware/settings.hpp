// The settings that an image was planned with, and what it does with results.
#pragma once

#include "report.hpp"
#include "ringlet/ringlet.hpp"
#include "storyteller.h"  // made by ringlet_add_model()

namespace ringlet::port {

inline constexpr Config planned_config = ringlet_config_storyteller();

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
