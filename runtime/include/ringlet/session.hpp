// A conversation or a story in progress: prompt in, logits out, one token at a time, for ever.
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

/// Told after each chunk of a prefill how far it is; returning false stops it there.
struct Progress {
  bool (*report)(void* context, std::uint64_t done, std::uint64_t total) = nullptr;
  void* context = nullptr;
};

/// A session lives entirely in the memory that the caller gave to create(); this object is a handle
/// to it, cheap to copy, valid as long as that memory and the model are. One thread at a time may
/// use it.
///
/// State changes only on success: a call that returns an error leaves the session as it was. There
/// are two exceptions. A cancelled prefill keeps the chunks that were finished, and says how many
/// tokens those are. A pass that computes NaN or infinity takes the session back to where the call
/// began, as truncate does (logits are empty until the next step), or to position 0 where the ring
/// no longer has what it needs there: only after a prefill of more than config.ring_chunk() tokens
/// into a full ring.
class Session {
 public:
  /// An empty handle; only useful as a place to assign to.
  Session() = default;

  /// Lays a session out in `memory`, which must be aligned to 64 and hold plan(model,
  /// config).total() bytes; less is refused with the number needed and the longest context that
  /// would fit. The memory need not be cleared. `kernels` must outlive the session, and so must
  /// what `team` points to.
  static Result<Session> create(const Model& model, const Config& config,
                                std::span<std::byte> memory,
                                const KernelSet& kernels = scalar_kernels(),
                                const Team& team = {}) noexcept;

  /// Appends tokens to the session, in chunks of at most config.prefill_chunk. Any length: beyond
  /// the context the oldest tokens leave the ring. Afterwards logits() predicts the next token. The
  /// way a prompt is divided into calls and chunks does not change one bit.
  ///
  /// Returns not_finite when the model computes NaN, infinity, or a key or value that the cache
  /// cannot hold. The error's index is the position of the first such token, the same on every
  /// target; not_finite() tells the layer.
  Status prefill(std::span<const TokenId> tokens, const Progress& progress = {}) noexcept;

  /// Appends one token; the same as a prefill of length one.
  Status step(TokenId token) noexcept;

  /// The tap and the layer where the token of the error was first not finite. Empty unless the last
  /// prefill or step returned not_finite.
  [[nodiscard]] std::optional<NotFinite> not_finite() const noexcept;

  /// Says how the work is done from now on; may be called between any two calls, and changes no
  /// result. More lanes than the team has are refused.
  Status set_execution(const Execution& execution) noexcept;

  /// Has `observer` see every forward pass from now on; an empty one ends that. Changes no result.
  void set_observer(const Observer& observer) noexcept;

  /// Has `accelerator` compute the matrix products of several tokens from now on; an empty one ends
  /// that. The one setting that changes results: with it the bits of a prefill are those of the
  /// accelerator's arithmetic, and may depend on how the prompt is divided. A build that has left
  /// accelerators out refuses.
  Status set_accelerator(const Accelerator& accelerator) noexcept;

  /// The scores of every token of the vocabulary for the position after the last one. Valid until
  /// the next call; empty before the first token.
  [[nodiscard]] std::span<const float> logits() const noexcept;

  /// Tokens appended so far.
  [[nodiscard]] std::uint64_t position() const noexcept;

  /// Goes back to an earlier position, as if the tokens after it had never been appended. Logits
  /// are empty until the next step. Possible while everything that the earlier position could see
  /// is still in the ring: any position before the ring first wraps, afterwards at least
  /// config.ring_chunk() tokens back from the highest position ever reached. The error has the
  /// earliest position that would do as needed().
  Status truncate(std::uint64_t position) noexcept;

  /// Goes back to position 0. Where sinks lie in an image the next call is restore.
  void reset() noexcept;

  /// Writes an image of the session, and of `sampler` when given, to the start of `out`, which must
  /// be aligned to 8, and returns its size. Changes nothing in the session. Too little room is
  /// refused with the bytes needed; image_bytes() tells them beforehand. So is room in the image
  /// that sinks are read from, unless they keep their place in it.
  Result<std::size_t> save(std::span<std::byte> out,
                           const Sampler* sampler = nullptr) const noexcept;

  /// Makes the session what it was when `image` was saved, on whatever machine: its next logits
  /// have the same bits. The image must be of the same model and of a configuration under which
  /// this session would have come to the same state: equal sinks and cache formats, with an INT4
  /// cache an equal hot window. The context may differ while all tokens fit into both, and
  /// prefill_chunk until a ring has wrapped, or where it does not change the number of slots. Every
  /// byte is verified before anything changes; an error names the field, what the image has
  /// (needed) and what the session has. A sampler that the image knows of goes on too; its options,
  /// but for the seed, stay its own.
  ///
  /// `image` must be aligned to 8 and may go afterwards, except under Config::sinks_in_image: then
  /// it must be aligned to 64, is read where it lies, and has to stay there as long as the session,
  /// or until the next restore.
  Status restore(std::span<const std::byte> image, Sampler* sampler = nullptr) noexcept;

  [[nodiscard]] const Model& model() const noexcept;
  [[nodiscard]] const Config& config() const noexcept;

  /// The plan of this session, computed again: it is a pure function and not worth memory.
  [[nodiscard]] MemoryPlan memory_plan() const noexcept;

  /// The parts of the caller's memory that the plan sets aside for Tokenizer::encode and for
  /// Sampler.
  [[nodiscard]] std::span<std::byte> tokenizer_workspace() const noexcept;
  [[nodiscard]] std::span<std::byte> sampler_workspace() const noexcept;

  /// The config.accelerator_bytes, aligned to 64; empty without.
  [[nodiscard]] std::span<std::byte> accelerator_memory() const noexcept;

 private:
  struct State;
  explicit Session(State* state) noexcept : state_(state) {}
  Status give_up(std::uint64_t start) noexcept;
  State* state_ = nullptr;
};

}  // namespace ringlet
