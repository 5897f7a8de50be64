// CRC32C by the processor's instruction, which takes eight bytes. Its result comes after three
// cycles, but it can start in each one. So three neighboring stretches are taken side by side, and
// their results are joined: the CRC of a stretch is carried over the next one as if that were
// zeros, which is linear and thus a table.
#include "base/crc32c.hpp"

#if RINGLET_HAS_CRC32C_INSTRUCTION

#include <array>
#include <cstring>

namespace ringlet {
namespace {

constexpr std::size_t word = sizeof(std::uint64_t);
constexpr std::size_t cache_line = 64;
// Short ones, so that memory is read nearly in order: from memory, 256 bytes are twice as fast as
// 1,024, and from cache a sixth slower.
constexpr std::size_t stretch = 256;
constexpr std::size_t streams = 3;

// The assembler needs no permission of the compiler, so the same code serves programs for any
// x86-64 processor.
[[gnu::always_inline]] inline std::uint64_t add_word(std::uint64_t crc, std::uint64_t bytes) {
#if defined(__x86_64__)
  asm("crc32q %1, %0" : "+r"(crc) : "rm"(bytes));
#else
  asm("crc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(bytes));
#endif
  return crc;
}

[[gnu::always_inline]] inline std::uint64_t add_byte(std::uint64_t crc, std::byte value) {
  const auto byte = std::to_integer<std::uint8_t>(value);
#if defined(__x86_64__)
  asm("crc32b %1, %k0" : "+r"(crc) : "qm"(byte));
#else
  asm("crc32cb %w0, %w0, %w1" : "+r"(crc) : "r"(byte));
#endif
  return crc;
}

[[gnu::always_inline]] inline std::uint64_t load(const std::byte* bytes) {
  std::uint64_t result = 0;
  std::memcpy(&result, bytes, word);
  return result;
}

/// A CRC as a polynomial, highest power in the lowest bit: its product with x.
constexpr std::uint32_t times_x(std::uint32_t crc) {
  return (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
}

constexpr std::uint32_t product(std::uint32_t a, std::uint32_t b) {
  std::uint32_t result = 0;
  for (std::uint32_t bit = 0x80000000U; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) result ^= b;
    b = times_x(b);
  }
  return result;
}

/// carried[k][b]: what byte k of a CRC, if it is b, becomes when a stretch of zeros follows.
using Carried = std::array<std::array<std::uint32_t, 256>, 4>;
constexpr Carried make_carried() {
  // x to the power of the bits of a stretch.
  std::uint32_t power = 0x40000000U;
  for (std::size_t bits = 1; bits < 8 * stretch; bits *= 2) power = product(power, power);
  Carried carried{};
  for (std::size_t k = 0; k < 4; ++k) {
    // Linear, so the eight powers of two determine the rest.
    for (std::uint32_t b = 1; b < 256; ++b) {
      const std::uint32_t lowest = b & (~b + 1);
      carried[k][b] =
          b == lowest ? product(b << (8 * k), power) : carried[k][lowest] ^ carried[k][b ^ lowest];
    }
  }
  return carried;
}
static_assert((stretch & (stretch - 1)) == 0 && stretch % cache_line == 0);
constexpr Carried carried = make_carried();

[[gnu::always_inline]] inline std::uint64_t carry(std::uint64_t crc) {
  return carried[0][crc & 0xFF] ^ carried[1][(crc >> 8) & 0xFF] ^ carried[2][(crc >> 16) & 0xFF] ^
         carried[3][(crc >> 24) & 0xFF];
}

}  // namespace

// Not inline: the compiler must not move the instruction before the check of the processor.
[[gnu::noinline]] std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes,
                                                      std::uint32_t crc) noexcept {
  std::uint64_t first = ~crc;
  const std::byte* next = bytes.data();
  const std::byte* const end = next + bytes.size();
  while (static_cast<std::size_t>(end - next) >= streams * stretch) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t line = 0; line < stretch; line += cache_line) {
      // The next three stretches. Beyond the end of the bytes the hint does nothing.
      for (std::size_t stream = 0; stream < streams; ++stream) {
        __builtin_prefetch(next + (streams + stream) * stretch + line);
      }
      for (std::size_t i = line; i < line + cache_line; i += word) {
        first = add_word(first, load(next + i));
        second = add_word(second, load(next + stretch + i));
        third = add_word(third, load(next + 2 * stretch + i));
      }
    }
    first = carry(carry(first) ^ second) ^ third;
    next += streams * stretch;
  }
  for (; static_cast<std::size_t>(end - next) >= word; next += word) {
    first = add_word(first, load(next));
  }
  for (; next != end; ++next) first = add_byte(first, *next);
  return ~static_cast<std::uint32_t>(first);
}

}  // namespace ringlet

#endif
