#include "base/crc32c.hpp"

#include <array>

namespace ringlet {
namespace {

// Microcontrollers use 4-bit lookups with tables of 64 bytes: there, flash is scarcer than the time
// to verify a model once.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
constexpr unsigned lookup_bits = 4;
constexpr std::size_t slices = 1;
#else
constexpr unsigned lookup_bits = 8;
constexpr std::size_t slices = 4;
#endif
constexpr std::size_t entries = std::size_t{1} << lookup_bits;

// Slicing: tables[k][b] is the CRC of byte b followed by k zero bytes.
constexpr auto make_tables() {
  std::array<std::array<std::uint32_t, entries>, slices> tables{};
  for (std::uint32_t b = 0; b < entries; ++b) {
    std::uint32_t crc = b;
    for (unsigned bit = 0; bit < lookup_bits; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    }
    tables[0][b] = crc;
  }
  for (std::size_t k = 1; k < slices; ++k) {
    for (std::size_t b = 0; b < entries; ++b) {
      tables[k][b] = (tables[k - 1][b] >> 8) ^ tables[0][tables[k - 1][b] & 0xFF];
    }
  }
  return tables;
}
constexpr auto tables = make_tables();

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t crc) noexcept {
  crc = ~crc;
  if constexpr (slices == 4) {
    for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
      crc ^= std::to_integer<std::uint32_t>(bytes[0]) |
             std::to_integer<std::uint32_t>(bytes[1]) << 8 |
             std::to_integer<std::uint32_t>(bytes[2]) << 16 |
             std::to_integer<std::uint32_t>(bytes[3]) << 24;
      crc = tables[3][crc & 0xFF] ^ tables[2][(crc >> 8) & 0xFF] ^ tables[1][(crc >> 16) & 0xFF] ^
            tables[0][crc >> 24];
    }
  }
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (unsigned bit = 0; bit < 8; bit += lookup_bits) {
      crc = (crc >> lookup_bits) ^ tables[0][crc % entries];
    }
  }
  return ~crc;
}

}  // namespace ringlet
