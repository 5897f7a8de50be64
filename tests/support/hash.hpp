// FNV-1a over the bits of floats and bytes: what golden values are made of.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace ringlet::test {

class Hash {
 public:
  void byte(std::uint8_t value) noexcept { state_ = (state_ ^ value) * 0x100000001B3ULL; }
  void word(std::uint32_t value) noexcept {
    for (int shift = 0; shift < 32; shift += 8) byte(static_cast<std::uint8_t>(value >> shift));
  }
  void floats(std::span<const float> values) noexcept {
    for (float value : values) word(std::bit_cast<std::uint32_t>(value));
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

}  // namespace ringlet::test
