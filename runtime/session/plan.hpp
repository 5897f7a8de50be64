// Completes a configuration from the model and checks it.
#pragma once

#include "base/features.hpp"
#include "ringlet/config.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Size of the session's state, sufficient for 64-bit pointers, on every target.
inline constexpr std::uint64_t session_state_bytes = 1024;

/// Rows of logits that a session keeps.
[[nodiscard]] constexpr std::uint32_t session_logits_rows(const Config& config) noexcept {
  return features::speculation ? config.draft_tokens + 1 : 1;
}

/// How many sessions share an engine, and what.
struct Sharing {
  std::uint32_t sessions = 1;
  std::uint32_t prefix_tokens = 0;  // the sinks, held once; 0: each has its own
  std::uint32_t branches = 0;       // more sessions, without a ring
  std::uint32_t branch_pages = 0;   // that they have for themselves
  bool is_pool = false;

  /// Sessions with a ring, of which a build without pools has one.
  [[nodiscard]] std::uint32_t count() const noexcept { return features::pool ? sessions : 1; }

  /// Sessions and branches.
  [[nodiscard]] std::uint32_t seats() const noexcept {
    return features::pool ? sessions + branches : 1;
  }

  /// Rows of logits that one pass can compute.
  [[nodiscard]] std::uint32_t logits_rows(const Config& config) const noexcept {
    const std::uint64_t most = std::uint64_t{seats()} * session_logits_rows(config);
    return most < config.prefill_chunk ? static_cast<std::uint32_t>(most) : config.prefill_chunk;
  }
};

/// Size in bytes of the state of each session of a pool, on every target.
inline constexpr std::uint64_t pooled_state_bytes = 256;

/// Size in bytes of a pool's tables of rows and sessions in a pass.
[[nodiscard]] constexpr std::uint64_t pool_tables_bytes(std::uint32_t sessions,
                                                        std::uint32_t rows) noexcept {
  return std::uint64_t{sessions} * 64 + std::uint64_t{rows} * 16;
}

/// The plan of the sessions; `config` must be resolved.
Result<MemoryPlan> plan_sessions(const Model& model, const Config& config,
                                 const Sharing& sharing) noexcept;

/// Fills in the settings that the configuration leaves to the model and checks every field. Errors
/// name the field.
Result<Config> resolve(const Model& model, const Config& config) noexcept;

}  // namespace ringlet
