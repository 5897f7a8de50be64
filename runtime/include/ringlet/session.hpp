// A session: a conversation or text in progress. Tokens in, logits out, without end and in constant
// memory.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ringlet/accelerator.hpp"
#include "ringlet/config.hpp"
#include "ringlet/execution.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/model.hpp"
#include "ringlet/observer.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/status.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// Reports the progress of a prefill. Called after each chunk; return false to stop.
struct Progress {
  bool (*report)(void* user_data, std::uint64_t done, std::uint64_t total) = nullptr;
  void* user_data = nullptr;
};

/// A handle to a session, which lives entirely in the memory passed to create(). The handle is
/// cheap to copy and valid as long as that memory and the model's bytes. Only one thread at a time
/// may use a session.
///
/// State changes only on success: a call that returns an error leaves the session unchanged, with
/// two exceptions.
///
/// - A cancelled prefill keeps the finished chunks. The error's actual() is their number of tokens.
/// - When a pass computes NaN or infinity, the session goes back to its position before the call,
///   as by truncate(); logits are empty until the next step. If it no longer holds what that
///   position needs, it goes back to position 0, and a branch of a pool ends. That happens only
///   after a prefill of more than config.ring_chunk() tokens into a full ring; of more than
///   config.prefill_chunk with short convolutions; with gated delta rules, of more than
///   config.draft_tokens + 1 and more than config.rewind.
class Session {
 public:
  /// Creates an empty handle. Only useful as a target of assignment.
  Session() = default;

  /// Creates a session in `memory`, which must be aligned to 64 and hold plan(model,
  /// config).total() bytes; it need not be cleared. The model's bytes, the memory, `kernels` and
  /// the objects that `team` refers to must outlive the session. The caller must choose kernels
  /// that the processor supports: on Linux port::best_kernels() (ringlet/linux/kernels.hpp), in
  /// firmware the set of its core.
  ///
  /// Errors: those of plan(); not_enough_memory, with the required size and, as suggestion() for
  /// "context", the longest context that would fit; invalid_argument for unaligned memory or a team
  /// larger than config.threads; unsupported if the thread does not round to nearest or flushes
  /// denormals.
  static Result<Session> create(const Model& model, const Config& config,
                                std::span<std::byte> memory, const KernelSet& kernels,
                                const Team& team = {}) noexcept;

  /// Appends any number of tokens, in chunks of at most config.prefill_chunk. Beyond the context,
  /// the oldest tokens leave the ring. Afterwards logits() predicts the next token. Dividing a
  /// prompt into different calls or chunks does not change a single bit.
  ///
  /// Errors: out_of_range for a token outside the vocabulary or beyond the learned positions;
  /// cancelled; not_finite if the model computes NaN, infinity, or a key or value too large for the
  /// cache. The index of not_finite is the position of the first such token, the same on every
  /// target; not_finite() names the layer.
  Status prefill(std::span<const TokenId> tokens, const Progress& progress = {}) noexcept;

  /// Appends one token, like a prefill of length one.
  Status step(TokenId token) noexcept;

  /// Appends 1 to config.draft_tokens + 1 tokens in one pass, with logits after each: logits(row).
  /// The bits are those of as many steps, also with an accelerator, which it never uses. Costs
  /// little more than one step where memory bandwidth limits decoding, so tokens that are likely to
  /// come can be tried, and truncate() takes back those that did not (ringlet/speculation.hpp).
  ///
  /// Errors: out_of_range if there are more tokens, or none; those of prefill().
  Status verify(std::span<const TokenId> tokens) noexcept;

  /// Where the last prefill or step first computed a value that is not finite. Empty unless that
  /// call returned not_finite.
  [[nodiscard]] std::optional<NotFinite> not_finite() const noexcept;

  /// Changes how the session distributes its work, from the next call on. Results do not change.
  /// Error: out_of_range if it asks for more threads than the team has.
  Status set_execution(const Execution& execution) noexcept;

  /// Makes `observer` see every forward pass from now on; an empty observer ends that. Results do
  /// not change.
  void set_observer(const Observer& observer) noexcept;

  /// Makes `accelerator` compute matrix products of several tokens from now on; an empty one ends
  /// that. This is the only setting that changes results: prefill then has the bits of the
  /// accelerator's arithmetic, which can depend on how the prompt is divided. Error: unsupported in
  /// a build without accelerators.
  Status set_accelerator(const Accelerator& accelerator) noexcept;

  /// Scores for the next token, one for each token of the vocabulary. Valid until the next call;
  /// empty before the first token.
  [[nodiscard]] std::span<const float> logits() const noexcept;

  /// The same after the token `row` of the last verify(), of which truncate() may have taken back
  /// the last ones. Empty if there is no such row. After a prefill or step, row 0 is logits().
  [[nodiscard]] std::span<const float> logits(std::uint32_t row) const noexcept;

  /// Number of tokens appended so far.
  [[nodiscard]] std::uint64_t position() const noexcept;

  /// Goes back to an earlier position, as if the tokens after it had never been appended. Logits
  /// are empty until the next step, unless the token before `position` is one of the last verify().
  ///
  /// Any position is possible until the ring first wraps. Afterwards the session can go back at
  /// least config.ring_chunk() tokens from the highest position it ever reached. If the model has
  /// recurrent layers, only position 0 and at least the last config.rewind are possible, and after
  /// restore() none before the restored one. Error:
  /// out_of_range, where needed() is the earliest possible position, or the current one if
  /// `position` is ahead of it.
  Status truncate(std::uint64_t position) noexcept;

  /// Goes back to position 0. With Config::sinks_in_snapshot, the next call must be restore().
  void reset() noexcept;

  /// Writes a snapshot of the session, and of `sampler` if given, to the start of `out`, and
  /// returns its size in bytes. `out` must be aligned to 8. The session does not change.
  ///
  /// Errors: not_enough_memory, with the required size, which snapshot_bytes() bounds in advance;
  /// invalid_argument if `out` overlaps the snapshot that the sinks are read from, unless the sinks
  /// keep their address.
  Result<std::size_t> save(std::span<std::byte> out,
                           const Sampler* sampler = nullptr) const noexcept;

  /// Restores the state in which `snapshot` was saved, on any machine: the next logits have the
  /// same bits. If the snapshot contains a sampler, `sampler` continues its sequence and recent
  /// tokens; of its options, only the seed changes.
  ///
  /// The snapshot must come from the same model and from a configuration that leads to the same
  /// state: equal sinks and cache formats and, with an INT4 cache, an equal hot window. The context
  /// can differ while all tokens fit into both. prefill_chunk can differ until a ring has wrapped,
  /// or if it does not change the number of slots.
  ///
  /// Every byte is verified before anything changes. The error for a setting that differs names the
  /// field, the value of the snapshot (needed) and that of the session (actual).
  ///
  /// `snapshot` must be aligned to 8 and is no longer needed after the call. With
  /// Config::sinks_in_snapshot it must be aligned to 64, and it is read in place until the session
  /// ends or the next restore().
  Status restore(std::span<const std::byte> snapshot, Sampler* sampler = nullptr) noexcept;

  /// The model of the session.
  [[nodiscard]] const Model& model() const noexcept;
  /// The configuration, with the context that was chosen if it was 0.
  [[nodiscard]] const Config& config() const noexcept;

  /// The plan of the session, computed again on each call.
  [[nodiscard]] MemoryPlan memory_plan() const noexcept;

  /// A sampler with the kernels of the session, in the workspace that the plan reserves for the
  /// session's only one. Errors: those of Sampler::create.
  Result<Sampler> sampler(const SamplerOptions& options) const noexcept;

  /// The workspace that the plan reserves for Tokenizer::encode. Sessions of a pool share it.
  [[nodiscard]] std::span<std::byte> tokenizer_workspace() const noexcept;

  /// The config.accelerator_bytes of the plan, aligned to 64; empty if there are none.
  [[nodiscard]] std::span<std::byte> accelerator_memory() const noexcept;

  /// Memory that the plan reserves for a Lookup and for the session of a DraftModel, aligned to 64;
  /// empty if there is none (ringlet/lookup.hpp, draft_model.hpp).
  [[nodiscard]] std::span<std::byte> lookup_workspace() const noexcept;
  [[nodiscard]] std::span<std::byte> draft_memory() const noexcept;

  /// Memory that the plan reserves for a GrammarState and for a trie of tokens, aligned to 64;
  /// empty if there is none (ringlet/grammar_state.hpp). The sessions of a pool share the trie.
  [[nodiscard]] std::span<std::byte> grammar_workspace() const noexcept;
  [[nodiscard]] std::span<std::byte> token_trie_memory() const noexcept;

 private:
  struct State;
  explicit Session(State* state) noexcept : state_(state) {}
  friend class Pool;
  State* state_ = nullptr;
};

}  // namespace ringlet
