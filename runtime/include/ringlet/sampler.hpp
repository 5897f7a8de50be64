// The sampler: chooses a token from logits.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/formats.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Sampling options, applied in this order: repetition penalty, temperature, top-k, top-p, min-p,
/// draw.
struct SamplerOptions {
  float temperature = 0.0F;  // 0: greedy
  std::uint32_t top_k = 0;   // keep the k most likely tokens; 0: all
  /// Nucleus sampling: keep the smallest set with this total probability (Holtzman et al., 2019);
  /// 1 keeps all.
  float top_p = 1.0F;
  float min_p = 0.0F;  // drop tokens below this fraction of the highest probability; 0: none
  /// Divide positive and multiply negative logits of recent tokens by this (Keskar et al., 2019);
  /// 1 is no penalty.
  float repeat_penalty = 1.0F;
  std::uint32_t repeat_window = 64;  // recent tokens that the penalty considers
  std::uint64_t seed = 0;
};

/// Draws tokens reproducibly: the n-th draw of a seed is a pure function of (seed, n), computed by
/// a counter-based generator. The arithmetic is the same on every target, so a seed gives the same
/// text everywhere. The workspace and the kernels must outlive the sampler.
class Sampler {
 public:
  /// Creates an empty sampler. Only useful as a target of assignment.
  Sampler() = default;

  /// Size in bytes of the workspace for a vocabulary and a repetition window.
  static std::uint64_t workspace_bytes(std::uint32_t vocab_size,
                                       std::uint32_t repeat_window) noexcept;

  /// Creates a sampler that uses `workspace`, which must be aligned to 8 and hold
  /// workspace_bytes(). `kernels` determine its speed, never its choice; Session::sampler() takes
  /// those of the session. Errors: invalid_argument, naming the option; not_enough_memory.
  static Result<Sampler> create(const SamplerOptions& options, std::uint32_t vocab_size,
                                std::span<std::byte> workspace, const KernelSet& kernels) noexcept;

  /// The same with the recent tokens elsewhere: `candidates` needs workspace_bytes() without them,
  /// and samplers that do not sample at the same time can share it; `recent` must be aligned to 4
  /// and hold 4 bytes for each token of the window.
  static Result<Sampler> create(const SamplerOptions& options, std::uint32_t vocab_size,
                                std::span<std::byte> candidates, std::span<std::byte> recent,
                                const KernelSet& kernels) noexcept;

  /// Chooses a token and records it for the repetition penalty. `logits` must have vocab_size
  /// entries and is not modified. A token with a NaN logit is chosen only if all logits are NaN.
  TokenId sample(std::span<const float> logits) noexcept;

  /// The same among the tokens that `mask` allows, a bit for each token, that of token 0 the lowest
  /// of the first word: the logits of all others count as −infinity before anything else. Returns
  /// `none`, and records nothing, if it allows no token.
  TokenId sample(std::span<const float> logits, std::span<const std::uint32_t> mask) noexcept;

  /// The token that sample(logits) returns if is_greedy(). Nothing is recorded.
  [[nodiscard]] TokenId likeliest(std::span<const float> logits) const noexcept;

  /// Whether sample() takes the most likely token, the temperature being 0.
  [[nodiscard]] bool is_greedy() const noexcept { return options_.temperature == 0.0F; }

  /// No token.
  static constexpr TokenId none = 0xFFFFFFFF;

  /// Records a token that was not sampled, such as a prompt token, for the repetition penalty.
  void observe(TokenId token) noexcept;

  /// Forgets the recent tokens and restarts the sequence of the seed.
  void reset() noexcept;

  /// A point in the random sequence of a seed. The next number is a pure function of both fields.
  struct State {
    std::uint64_t seed = 0;
    std::uint64_t draws = 0;
  };
  /// The current point in the sequence, for resume().
  [[nodiscard]] State state() const noexcept { return {options_.seed, draws_}; }

  /// Continues the sequence from `state`. The recent tokens are unchanged.
  void resume(const State& state) noexcept;

  /// The tokens recorded for the repetition penalty. Index 0 is the oldest.
  [[nodiscard]] std::uint32_t recent_count() const noexcept;
  [[nodiscard]] TokenId recent(std::uint32_t index) const noexcept;

 private:
  Sampler(const SamplerOptions& options, std::uint32_t vocab_size, std::byte* candidates,
          std::byte* recent, const KernelSet& kernels) noexcept;

  // choose.cpp
  template <typename Prepare>
  TokenId choose(const Prepare& prepare) noexcept;
  [[nodiscard]] std::span<const float> penalize(std::span<const float> logits) const noexcept;
  [[nodiscard]] std::span<const float> mask_out(std::span<const float> logits,
                                                std::span<const std::uint32_t> mask) const noexcept;
  TokenId draw(std::span<const std::uint64_t> kept) noexcept;

  const KernelSet* kernels_ = nullptr;
  SamplerOptions options_;
  std::span<std::uint64_t> candidates_;  // room for one of each token
  std::span<TokenId> recent_;
  std::uint64_t observed_ = 0;  // tokens recorded since the start
  std::uint64_t draws_ = 0;     // counter of the generator
};

}  // namespace ringlet
