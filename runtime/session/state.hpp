// The state behind the handle of a session.
#pragma once

#include <new>

#include "cache/kv_cache.hpp"
#include "cache/ring.hpp"
#include "ringlet/session.hpp"
#include "session/engine.hpp"

namespace ringlet {

struct SnapshotContent;
struct SnapshotView;

/// The state of a session, in the caller's memory.
struct Session::State {
  Engine* engine = nullptr;
  KvCache cache;
  RingCursor cursor;
  float* logits = nullptr;        // draft_tokens + 1 rows
  std::uint32_t logits_rows = 0;  // valid ones; the last is that of the last token
  std::uint32_t logits_stride = 0;
  bool has_fault = false;       // the last prefill, step or verify returned not_finite
  std::uint32_t index = 0;      // in the pool
  std::uint32_t pass = 0;       // the engine's count after the last pass of this session
  std::byte* recent = nullptr;  // tokens, of the sampler

  [[nodiscard]] const Model& model() const noexcept { return engine->model; }
  [[nodiscard]] const Config& config() const noexcept { return engine->config; }

  /// Session `index` of a pool.
  [[nodiscard]] static State& of(const Engine& engine, std::uint32_t index) noexcept {
    return *std::launder(
        reinterpret_cast<State*>(engine.sessions + index * std::size_t{pooled_state_bytes}));
  }

  /// Logits after the last token, or empty.
  [[nodiscard]] std::span<const float> last_logits() const noexcept;

  /// Part `its_part` of `count` equal parts of a section, for what is asked for once: the plan is
  /// computed again. Empty if it has no such section.
  [[nodiscard]] std::span<std::byte> planned(SectionId id, std::uint32_t its_part,
                                             std::uint32_t count) const noexcept;

  /// Sets up session `index` of an engine.
  void begin(Engine& engine, std::uint32_t index, const Arena& arena) noexcept;

  /// Whether this is a branch of another session.
  [[nodiscard]] bool is_branch() const noexcept {
    return features::pool && engine->branches != nullptr && engine->branches->is_branch(index);
  }

  /// The number of first positions that this session must not write: they are in a snapshot, those
  /// of a pool's prefix, or those before a fork.
  [[nodiscard]] std::uint64_t pinned() const noexcept {
    if (is_branch()) return engine->branches->info(index).begins;
    if (engine->one_sinks()) {
      return engine->prefix == Engine::Prefix::loading ? 0 : engine->sharing.prefix_tokens;
    }
    return config().sinks_in_snapshot ? config().sinks : 0;
  }

  /// Whether this is a branch that nobody has begun, or whose session has begun anew.
  [[nodiscard]] bool has_ended() const noexcept {
    return is_branch() && !engine->branches->info(index).is_begun;
  }

  /// Whether those positions are not there yet.
  [[nodiscard]] bool lacks_sinks() const noexcept { return cursor.position() < pinned(); }

  /// Whether the sinks are those of a pool's prefix, which this session only reads.
  [[nodiscard]] bool reads_prefix() const noexcept {
    return engine->one_sinks() && engine->prefix != Engine::Prefix::loading;
  }

  /// Goes to the position after the prefix of the pool.
  void begin_after_prefix() noexcept;

  /// Checks that the session can append these tokens.
  [[nodiscard]] Status check(std::span<const TokenId> tokens) const noexcept;

  /// Checks that the session has a ring of its own, which no branch reads.
  [[nodiscard]] Status check_ring() const noexcept;

  /// Before a pass over as many tokens: gives a branch its own copies of the pages that it writes.
  void own_pages(std::uint32_t tokens) noexcept;

  /// One pass over tokens that check() has accepted, with the logits of the last `wanted` of them.
  /// Returns whether all values were finite.
  [[nodiscard]] bool forward(std::span<const TokenId> tokens, std::uint32_t wanted,
                             bool is_prefill) noexcept;

  /// After a pass over as many tokens.
  void commit(std::uint32_t tokens) noexcept;

  /// After a pass that computed NaN or infinity: goes back to the position before the call.
  Status give_up(std::uint64_t start) noexcept;

  /// Goes back to an earlier position, with the logits of the last verify that still hold.
  Status truncate(std::uint64_t position) noexcept;

  /// Goes back to position 0, or to the end of the pool's prefix. Ends a branch, and those of a
  /// session.
  void reset() noexcept;
  void end_branches() const noexcept;

  /// Writes the snapshot's part of the cache, and the logits, to fill `planes`.
  void store(const SnapshotContent& content, std::span<std::byte> planes) noexcept;

  /// Checks that a snapshot begins with the prefix of the pool.
  [[nodiscard]] Status check_prefix(const SnapshotView& snapshot) const noexcept;

  /// Loads the cache, position and logits from a verified snapshot.
  void load(const SnapshotView& snapshot) noexcept;
};

}  // namespace ringlet
