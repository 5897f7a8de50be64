// What the sessions of a pool share; a session alone has its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decoder/decoder.hpp"
#include "memory/arena.hpp"
#include "ringlet/config.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"
#include "ringlet/team.hpp"
#include "session/branches.hpp"
#include "session/plan.hpp"

namespace ringlet {

/// The model, the settings, and the working memory of one pass at a time.
struct Engine {
  Model model;
  Config config;  // resolved
  Sharing sharing;
  Decoder decoder;
  std::byte* tokenizer_workspace = nullptr;
  std::byte* candidates = nullptr;  // of samplers
  std::byte* accelerator_memory = nullptr;
  std::byte* windows = nullptr;  // after the prefix, of the layers without sinks
  enum class Prefix : std::uint8_t { absent, loading, present };
  Prefix prefix = Prefix::absent;
  std::uint32_t passes = 0;  // so far; wraps
  Branches* branches = nullptr;
  std::byte* sessions = nullptr;  // of a pool: their states, pooled_state_bytes apart

  /// Checks that a team, memory and floats are as an engine needs them. `plan` is that of
  /// (model, config, sharing), which must be resolved.
  static Status check(const Config& config, const Team& team, const MemoryPlan& plan,
                      std::span<std::byte> memory) noexcept;

  /// Sets up an engine for the sections of `arena`, and clears the caches of all its sessions.
  void begin(const Model& model, const Config& config, const Sharing& sharing,
             const KernelSet& kernels, const Team& team, const Arena& arena) noexcept;

  /// Whether sinks are held once for all sessions.
  [[nodiscard]] bool one_sinks() const noexcept {
    return features::pool && sharing.prefix_tokens != 0;
  }
};

}  // namespace ringlet
