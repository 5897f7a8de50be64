// Products of 64 bits, also for processors whose multiplication gives 32. Their compiler calls a
// function of some fifty instructions.
#pragma once

#include <cstdint>

// Whether products are put together from halves. A test defines the macro, to test that on a
// machine with products of 64 bits.
#if !defined(RINGLET_NARROW_PRODUCTS) && defined(__thumb__) && !defined(__thumb2__)
#define RINGLET_NARROW_PRODUCTS 1
#endif

namespace ringlet {
namespace {  // NOLINT(cert-dcl59-cpp): what it is depends on the macro

/// The upper and the lower half of a product.
struct WideProduct {
  std::int32_t high;
  std::uint32_t low;
};

#if defined(RINGLET_NARROW_PRODUCTS)
/// a · b, both below 2^24.
[[gnu::always_inline]] inline std::uint64_t wide_product_24(std::uint32_t a,
                                                            std::uint32_t b) noexcept {
  const std::uint32_t a_low = a & 0xFFFU;
  const std::uint32_t b_low = b & 0xFFFU;
  const std::uint32_t low = a_low * b_low;
  const std::uint32_t middle = (a >> 12) * b_low + a_low * (b >> 12) + (low >> 12);
  const std::uint32_t high = (a >> 12) * (b >> 12) + (middle >> 12);  // of 2^24
  return std::uint64_t{high >> 8} << 32 | (high << 24 | (middle & 0xFFFU) << 12 | (low & 0xFFFU));
}

/// The product of the 24 bits of two normal floats, with its leading bit at 60 or 61.
[[gnu::always_inline]] inline std::uint64_t product_of_fractions(std::uint32_t a_bits,
                                                                 std::uint32_t b_bits) noexcept {
  return wide_product_24((a_bits & 0x7FFFFFU) | 0x800000U, (b_bits & 0x7FFFFFU) | 0x800000U) << 14;
}

/// a · b.
[[gnu::always_inline]] inline WideProduct wide_product(std::int32_t a, std::int32_t b) noexcept {
  const auto a_low = static_cast<std::int32_t>(static_cast<std::uint32_t>(a) & 0xFFFFU);
  const auto b_low = static_cast<std::int32_t>(static_cast<std::uint32_t>(b) & 0xFFFFU);
  const std::uint32_t low = static_cast<std::uint32_t>(a_low) * static_cast<std::uint32_t>(b_low);
  // Neither sum exceeds 32 bits.
  const std::int32_t first = (a >> 16) * b_low + static_cast<std::int32_t>(low >> 16);
  const std::int32_t second =
      a_low * (b >> 16) + static_cast<std::int32_t>(static_cast<std::uint32_t>(first) & 0xFFFFU);
  return {(a >> 16) * (b >> 16) + (first >> 16) + (second >> 16),
          static_cast<std::uint32_t>(second) << 16 | (low & 0xFFFFU)};
}

[[gnu::always_inline]] inline std::int64_t long_product(std::int32_t a, std::int32_t b) noexcept {
  const WideProduct product = wide_product(a, b);
  return static_cast<std::int64_t>(std::uint64_t{static_cast<std::uint32_t>(product.high)} << 32 |
                                   product.low);
}
#else
[[gnu::always_inline]] inline std::uint64_t wide_product_24(std::uint32_t a,
                                                            std::uint32_t b) noexcept {
  return std::uint64_t{a} * b;
}

[[gnu::always_inline]] inline std::uint64_t product_of_fractions(std::uint32_t a_bits,
                                                                 std::uint32_t b_bits) noexcept {
  return std::uint64_t{(a_bits << 7 & 0x3FFFFFFFU) | 0x40000000U} *
         ((b_bits << 7 & 0x3FFFFFFFU) | 0x40000000U);
}

[[gnu::always_inline]] inline WideProduct wide_product(std::int32_t a, std::int32_t b) noexcept {
  const std::int64_t product = std::int64_t{a} * b;
  return {static_cast<std::int32_t>(product >> 32), static_cast<std::uint32_t>(product)};
}

[[gnu::always_inline]] inline std::int64_t long_product(std::int32_t a, std::int32_t b) noexcept {
  return std::int64_t{a} * b;
}
#endif

}  // namespace
}  // namespace ringlet
