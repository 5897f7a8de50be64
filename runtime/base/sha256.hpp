// SHA-256 (FIPS 180-4). Through these hashes in the tables, a signature also covers the weights.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

using Sha256Hash = std::array<std::uint8_t, 32>;

/// Hashes up to 2^61 bytes, in any number of pieces.
class Sha256 {
 public:
  void update(std::span<const std::byte> bytes) noexcept;

  /// Returns the hash of all bytes so far. The object must not be used afterwards.
  [[nodiscard]] Sha256Hash finish() noexcept;

 private:
  void compress(const std::byte* block) noexcept;

  std::uint32_t state_[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                             0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  std::array<std::byte, 64> rest_{};  // bytes that do not fill a block yet
  std::uint64_t size_ = 0;            // bytes hashed so far
};

/// Returns the hash of `bytes`.
[[nodiscard]] Sha256Hash sha256(std::span<const std::byte> bytes) noexcept;

}  // namespace ringlet
