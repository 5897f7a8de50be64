// Several sessions of one model, which share a prefix, a working memory and the passes over the
// weights.
#pragma once

#include "ringlet/language.hpp"  // first

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/config.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/model.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// The settings of a pool.
struct PoolConfig {
  // The largest numbers that plan() accepts.
  static constexpr std::uint32_t most_sessions = 1024;
  static constexpr std::uint32_t most_branch_pages = 65534;

  /// The settings of every session. prefill_chunk is also the maximum number of rows of a pass.
  Config session;

  /// Number of sessions.
  std::uint32_t sessions = 4;

  /// Number of tokens with which every session begins, and which are held once for all: 0 for none.
  /// They are the sinks of every session, so session.sinks is not used.
  std::uint32_t prefix_tokens = 0;

  /// Number of branches: more sessions, behind the others, that have no ring of their own. They
  /// begin with Pool::fork.
  std::uint32_t branches = 0;

  /// Number of pages of 32 positions that all branches together can have for themselves. A branch
  /// for n tokens needs n / 32, rounded up, and one more.
  std::uint32_t branch_pages = 0;
};

/// The memory of a pool: one number, like that of a session. The sections of caches, logits,
/// samplers and lookups hold those of all sessions.
Result<MemoryPlan> plan_pool(const Model& model, const PoolConfig& config) noexcept;

/// The same by the name of plan() for a session. A template, so that plan(model, {}) stays the plan
/// of a session.
template <std::same_as<PoolConfig> Settings>
Result<MemoryPlan> plan(const Model& model, const Settings& config) noexcept {
  return plan_pool(model, config);
}

/// A handle to a pool of sessions, which lives entirely in the memory passed to create(). Like a
/// session, it may be used by one thread at a time, and so may the sessions of a pool together.
///
/// Every session has its whole ring from the start, so no session ever waits for memory or takes it
/// from another, and nothing that a session computes depends on its neighbours: each has the bits
/// that it would have alone. Only a failure reaches others: step() is whole or has no effect, so
/// where the rows of one session are not finite, others of the pass with more rows than
/// Session::truncate() lets them go back begin anew at position 0, as the comment of Session says.
class Pool {
 public:
  /// Creates an empty handle. Only useful as a target of assignment.
  Pool() = default;

  /// Creates a pool in `memory`. Contract and errors are those of Session::create, with the plan
  /// for a PoolConfig.
  static Result<Pool> create(const Model& model, const PoolConfig& config,
                             std::span<std::byte> memory, const KernelSet& kernels,
                             const Team& team = {}) noexcept;

  /// Computes the prefix, of exactly config.prefix_tokens tokens. All sessions begin anew, after
  /// it; so does each on reset(). Errors: those of Session::prefill; invalid_argument for another
  /// number of tokens, or while there are branches. Nothing has changed then, except after
  /// cancelled and not_finite: those leave no prefix, and all sessions at position 0.
  Status prefix(std::span<const TokenId> tokens, const Progress& progress = {}) noexcept;

  /// Takes the prefix from a snapshot at position config.prefix_tokens. With
  /// Config::sinks_in_snapshot it is read in place by all sessions. Errors: those of
  /// Session::restore; invalid_argument for a snapshot at another position.
  Status prefix(std::span<const std::byte> snapshot) noexcept;

  /// Makes `to` a copy of `from`, with the logits after its last token.
  ///
  /// As a branch, `to` may go on for at most `most_tokens`, and not back before its beginning. It
  /// shares the pages of `from` until it writes them, so it costs no time and few bytes; whatever
  /// it can need is reserved now, and nothing fails later. A session whose pages branches read
  /// cannot go on before they are reset. A branch can be forked in turn.
  ///
  /// As a session with a ring, `to` gets all pages, and `most_tokens` is not used. If `from` is its
  /// only branch, the branch thereby becomes the session, and ends.
  ///
  /// Errors: invalid_argument for the same session twice, a branch in use, a session with other
  /// branches, or a branch of a session that has fewer tokens than sinks;
  /// not_enough_memory, with the number of branch_pages needed.
  Status fork(std::uint32_t from, std::uint32_t to, std::uint32_t most_tokens) noexcept;

  /// Session `index` < config.sessions + config.branches: an ordinary handle, for prefill, verify,
  /// truncate, save and restore (not into a branch). reset() ends a branch, and that of a session
  /// all its branches.
  [[nodiscard]] Session session(std::uint32_t index) const noexcept;

  /// A token for a session.
  struct Row {
    std::uint32_t session = 0;
    TokenId token = 0;
    /// Whether logits after the token are wanted. If so, they are computed after the later tokens
    /// of its session too; at most session.draft_tokens + 1 of a session.
    bool logits = true;
  };

  /// Appends the tokens of all rows in one pass: next tokens of some sessions, a token and its
  /// drafts of another, a piece of the prompt of a third. The rows of one session are adjacent.
  /// Bits are those of single steps; an accelerator is never used.
  ///
  /// Errors: invalid_argument or out_of_range, with the index of the row at fault, for more rows
  /// than session.prefill_chunk, a session that occurs twice, too many logits, and what
  /// Session::prefill refuses. Nothing has changed then. not_finite, also with the index of a row:
  /// the sessions of the rows go back as after Session::prefill; the others do not change.
  Status step(std::span<const Row> rows) noexcept;

  /// Logits after row `row` of the last step(), until the next call for its session. Empty if they
  /// were not wanted, or if the session has moved on since.
  [[nodiscard]] std::span<const float> logits(std::uint32_t row) const noexcept;

  /// The model and the configuration, with the context that was chosen if it was 0.
  [[nodiscard]] const Model& model() const noexcept;
  [[nodiscard]] PoolConfig config() const noexcept;

  /// The plan of the pool, computed again on each call.
  [[nodiscard]] MemoryPlan memory_plan() const noexcept;

 private:
  struct State;
  explicit Pool(State* state) noexcept : state_(state) {}
  State* state_ = nullptr;
};

}  // namespace ringlet
