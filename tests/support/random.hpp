// Deterministic pseudo-random numbers made of integers only, so that a test sees the same values on
// every target and with every library.
#pragma once

#include <cstdint>

namespace ringlet::test {

/// SplitMix64 (Steele, Lea and Flood, 2014).
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  /// In [0, bound).
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>((next() >> 32) % bound);
  }

  /// In (−1, 1), an odd multiple of 2^-16: never zero, and exact in float.
  constexpr float symmetric() noexcept {
    const auto steps = static_cast<std::int32_t>(next() >> 48) - 32768;
    return (static_cast<float>(steps) + 0.5F) * 0x1p-15F;
  }

 private:
  std::uint64_t state_;
};

/// A seed of its own for each (seed, a, b).
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) noexcept {
  return Random(Random(Random(seed).next() ^ a).next() ^ b).next();
}

}  // namespace ringlet::test
