// From logits to a token.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/formats.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The chain, in this order: repetition penalty, temperature, top-k, top-p, min-p, draw.
struct SamplerOptions {
  float temperature = 0.0F;  // 0: greedy
  std::uint32_t top_k = 0;   // keep the k most likely; 0: all
  float top_p =
      1.0F;  // keep the smallest set with this probability (Holtzman et al., 2019); 1: all
  float min_p = 0.0F;  // drop what is below this fraction of the most likely; 0: none
  float repeat_penalty =
      1.0F;  // divide (or multiply, when negative) logits of recent tokens (Keskar et al., 2019)
  std::uint32_t repeat_window = 64;
  std::uint64_t seed = 0;
};

/// Draws tokens. Reproducible: the n-th draw of a seed is a pure function of (seed, n), by a
/// counter-based generator, and the arithmetic is the canonical one, so a seed gives the same text
/// on every chip.
class Sampler {
 public:
  /// An empty sampler; only useful as a place to assign to.
  Sampler() = default;

  /// Bytes of workspace for a vocabulary and a repetition window.
  static std::uint64_t workspace_bytes(std::uint32_t vocab_size,
                                       std::uint32_t repeat_window) noexcept;

  /// Checks the options (each error names the option) and takes the workspace, aligned to 8.
  static Result<Sampler> create(const SamplerOptions& options, std::uint32_t vocab_size,
                                std::span<std::byte> workspace) noexcept;

  /// Chooses a token and remembers it for the repetition penalty. NaN logits are never chosen
  /// unless all are. `logits` must have vocab_size entries and is not changed.
  TokenId sample(std::span<const float> logits) noexcept;

  /// Tells the repetition penalty of a token that was not sampled (the prompt).
  void observe(TokenId token) noexcept;

  /// Forgets the recent tokens and starts the seed's sequence again.
  void reset() noexcept;

  /// A place in the sequence of a seed: the next number is a pure function of both.
  struct Place {
    std::uint64_t seed = 0;
    std::uint64_t draws = 0;
  };
  [[nodiscard]] Place place() const noexcept { return {options_.seed, draws_}; }

  /// Goes on from there. The recent tokens stay.
  void resume(const Place& place) noexcept;

  /// The recent tokens, of which index 0 is the oldest.
  [[nodiscard]] std::uint32_t recent_count() const noexcept;
  [[nodiscard]] TokenId recent(std::uint32_t index) const noexcept;

 private:
  struct Candidate {
    float logit;
    TokenId token;
  };

  TokenId choose(std::span<const float> logits) noexcept;
  void load(std::span<const float> logits) noexcept;
  [[nodiscard]] float weight(float logit, float best) const noexcept;
  std::span<Candidate> keep_most_likely(std::span<Candidate> all, float best) const noexcept;
  TokenId draw(std::span<Candidate> kept, float best) noexcept;

  SamplerOptions options_;
  std::span<Candidate> candidates_;
  std::span<TokenId> recent_;
  std::uint64_t observed_ = 0;  // tokens seen since the start
  std::uint64_t draws_ = 0;     // the generator's counter
};

}  // namespace ringlet
