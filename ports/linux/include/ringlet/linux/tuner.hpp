// Finds the fastest decode settings for this machine while tokens are being decoded.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ringlet/execution.hpp"

namespace ringlet::port {

/// Measures how many threads and which prefetch distance decode a token fastest. That depends on
/// the machine, the model and the load.
///
/// Each candidate decodes some of the first tokens, in turn. The candidate with the shortest time
/// wins, because noise can only lengthen a time. The tuner first settles the threads, then the
/// distance. Results do not depend on either. Uses no heap.
class Tuner {
 public:
  /// Tokens that each candidate decodes.
  static constexpr std::uint32_t rounds = 4;
  /// Tokens before the first measurement, which touch weights and scratch for the first time.
  static constexpr std::uint32_t warm_up = 2;

  /// Settings that are given and not tuned. Without them the tuner tries 1, 2, 4, 8, … threads and
  /// `threads` itself, and three distances.
  struct Fixed {
    std::optional<std::uint32_t> threads;
    std::optional<std::uint32_t> prefetch_bytes;
    std::uint32_t prefill_threads = 0;  // as in Execution; prefill is not tuned
  };
  Tuner(std::uint32_t threads, const Fixed& fixed) noexcept;

  /// The settings for decoding the next token.
  [[nodiscard]] const Execution& execution() const noexcept { return execution_; }

  /// Whether tuning has finished. Until then, measure each token and pass its time to record().
  [[nodiscard]] bool settled() const noexcept { return phase_ == Phase::settled; }

  /// Records the time of a token decoded with execution(), and moves to the next candidate.
  void record(std::uint64_t nanoseconds) noexcept;

 private:
  enum class Phase : std::uint8_t { threads, prefetch, settled };
  static constexpr std::size_t most_candidates = 8;

  void begin(Phase phase) noexcept;
  void apply(std::uint32_t candidate) noexcept;
  void decide() noexcept;

  Execution execution_;
  Fixed fixed_;
  std::uint32_t threads_;
  Phase phase_ = Phase::threads;
  std::array<std::uint32_t, most_candidates> candidates_{};
  std::array<std::uint64_t, most_candidates> best_{};
  std::uint32_t count_ = 0;
  std::uint32_t tried_ = 0;
  std::uint32_t skip_ = warm_up;
};

}  // namespace ringlet::port
