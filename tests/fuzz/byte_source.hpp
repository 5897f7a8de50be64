// Decisions made from the bytes of an input, so that a fuzzer that changes bytes changes decisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet::test {

/// Reads an input from its start. Beyond its end every number is 0.
class ByteSource {
 public:
  explicit ByteSource(std::span<const std::byte> bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  /// What has not been read.
  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }

  /// A number of `bytes` bytes, little-endian.
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes && !rest_.empty(); ++i) {
      value |= std::to_integer<std::uint64_t>(rest_.front()) << 8 * i;
      rest_ = rest_.subspan(1);
    }
    return value;
  }

  /// In [0, bound); `bound` must not be 0.
  std::uint64_t below(std::uint64_t bound) {
    if (bound <= 1) return 0;
    return number(bound <= 0x100 ? 1 : bound <= 0x10000 ? 2 : 8) % bound;
  }

  /// The same for places in memory.
  std::size_t index(std::size_t bound) { return static_cast<std::size_t>(below(bound)); }

  /// In [first, last].
  std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + static_cast<std::uint32_t>(below(std::uint64_t{last} - first + 1));
  }

  /// True once in `bound` times.
  bool one_in(std::uint64_t bound) { return below(bound) + 1 == bound; }

  bool flag() { return number(1) % 2 != 0; }

  /// Of any size: small numbers, large ones, and those around powers of two.
  std::uint64_t extreme() {
    const std::uint64_t shift = below(64);
    return (std::uint64_t{1} << shift) + number(1) - 128;
  }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace ringlet::test
