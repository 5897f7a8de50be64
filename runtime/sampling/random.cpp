#include "sampling/random.hpp"

namespace ringlet {
namespace {

// The constants of the reference implementation (Random123).
constexpr std::uint32_t multiplier_0 = 0xD2511F53;
constexpr std::uint32_t multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9;
constexpr std::uint32_t weyl_1 = 0xBB67AE85;
constexpr int rounds = 10;

constexpr std::uint32_t low_half(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_half(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

PhiloxBlock philox4x32_10(PhiloxBlock counter, PhiloxKey key) noexcept {
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t product_0 = std::uint64_t{multiplier_0} * counter[0];
    const std::uint64_t product_1 = std::uint64_t{multiplier_1} * counter[2];
    counter = {high_half(product_1) ^ counter[1] ^ key[0], low_half(product_1),
               high_half(product_0) ^ counter[3] ^ key[1], low_half(product_0)};
    key = {key[0] + weyl_0, key[1] + weyl_1};
  }
  return counter;
}

float uniform(std::uint64_t seed, std::uint64_t n) noexcept {
  const PhiloxBlock block =
      philox4x32_10({low_half(n), high_half(n), 0, 0}, {low_half(seed), high_half(seed)});
  return static_cast<float>(block[0] >> 8) * 0x1p-24F;
}

}  // namespace ringlet
