// The state behind the handle of a pool.
#pragma once

#include "ringlet/pool.hpp"
#include "session/engine.hpp"
#include "session/state.hpp"

namespace ringlet {

/// The state of a pool, at the start of the caller's memory.
struct Pool::State {
  /// Where the logits of a row of the last step are.
  struct RowLogits {
    std::uint32_t session;
    std::uint32_t index;  // of the session's rows
  };
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  Engine engine;
  // Tables of one pass.
  RowSpan* spans = nullptr;
  TokenId* tokens = nullptr;
  RowLogits* rows = nullptr;
  std::uint32_t row_count = 0;
  std::uint32_t pass = 0;  // the engine's count after the last step

  [[nodiscard]] Session::State& session(std::uint32_t index) const noexcept {
    return Session::State::of(engine, index);
  }

  /// Fills the tables with the rows of a pass, and returns the number of its sessions.
  [[nodiscard]] Result<std::uint32_t> arrange(std::span<const Row> given) const noexcept;
  Status add_session(std::span<const Row> given, std::uint32_t first, RowSpan& span) const noexcept;
  void keep_rows(std::span<const RowSpan> passed) noexcept;
  void begin_after_prefix() noexcept;
  /// Checks that no branch is begun.
  [[nodiscard]] Status check_rings() const noexcept;
  [[nodiscard]] Status check_fork(std::uint32_t from, std::uint32_t to) const noexcept;
  void copy_ring(std::uint32_t from, std::uint32_t to) const noexcept;
  void copy_place(const Session::State& from, Session::State& to) const noexcept;
};

}  // namespace ringlet
