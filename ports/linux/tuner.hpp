// Finds the fastest way to decode on this machine while tokens are being decoded.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ringlet/execution.hpp"

namespace ringlet::port {

/// How many threads and which prefetch distance serve a token fastest depends on the machine, the
/// model and who else is running. The first tokens are decoded with each candidate in turn; the
/// shortest time of each, which noise can only lengthen, decides: first the threads, then the
/// distance. No result depends on any of it. Uses no heap.
class Tuner {
 public:
  /// Tokens that each candidate serves.
  static constexpr std::uint32_t rounds = 4;
  /// Tokens before the first measurement, which read weights and scratch for the first time.
  static constexpr std::uint32_t warm_up = 2;

  /// Tries 1, 2, 4, 8, … and `lanes` itself, and some distances; what `fixed` gives is not tried.
  struct Fixed {
    std::optional<std::uint32_t> lanes;
    std::optional<std::uint32_t> prefetch_bytes;
    std::uint32_t prefill_lanes = 0;  // as in Execution: a chunk is not tuned
  };
  Tuner(std::uint32_t lanes, const Fixed& fixed) noexcept;

  /// What to decode the next token with.
  [[nodiscard]] const Execution& execution() const noexcept { return execution_; }

  /// Whether the next token is to be measured and told to record().
  [[nodiscard]] bool settled() const noexcept { return phase_ == Phase::settled; }

  /// Takes the time that a token took with execution(), and moves on.
  void record(std::uint64_t nanoseconds) noexcept;

 private:
  enum class Phase : std::uint8_t { lanes, prefetch, settled };
  static constexpr std::size_t most_candidates = 8;

  void begin(Phase phase) noexcept;
  void apply(std::uint32_t candidate) noexcept;
  void decide() noexcept;

  Execution execution_;
  Fixed fixed_;
  std::uint32_t lanes_;
  Phase phase_ = Phase::lanes;
  std::array<std::uint32_t, most_candidates> candidates_{};
  std::array<std::uint64_t, most_candidates> best_{};
  std::uint32_t count_ = 0;
  std::uint32_t tried_ = 0;
  std::uint32_t skip_ = warm_up;
};

}  // namespace ringlet::port
