// SHA-256 (FIPS 180-4): what a signature over a model's tables vouches for the weights with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

using Sha256Hash = std::array<std::uint8_t, 32>;

/// Takes bytes in any number of pieces. At most 2^61 of them.
class Sha256 {
 public:
  void update(std::span<const std::byte> bytes) noexcept;

  /// The hash of everything so far; ends the computation.
  [[nodiscard]] Sha256Hash finish() noexcept;

 private:
  void compress(const std::byte* block) noexcept;

  std::uint32_t state_[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                             0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  std::array<std::byte, 64> rest_{};  // what does not fill a block yet
  std::uint64_t size_ = 0;            // bytes so far
};

/// The hash of one piece.
[[nodiscard]] Sha256Hash sha256(std::span<const std::byte> bytes) noexcept;

}  // namespace ringlet
