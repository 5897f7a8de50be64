// How a configuration is completed from the model and checked against it.
#pragma once

#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The handle's state, laid out for 64-bit pointers on every target.
inline constexpr std::uint64_t session_state_bytes = 1024;

inline constexpr std::uint32_t largest_context = 1U << 30;
inline constexpr std::uint32_t largest_chunk = 1U << 12;

/// Fills in what the configuration leaves to the model and checks every field; errors name the
/// field.
Result<Config> resolve(const Model& model, const Config& config) noexcept;

}  // namespace ringlet
