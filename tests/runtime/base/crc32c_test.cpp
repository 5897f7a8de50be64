// CRC32C against published values (RFC 3720, appendix B.4), and by instruction against the table.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string_view>
#include <vector>

#include "base/crc32c.hpp"

namespace ringlet {
namespace {

using Crc32c = std::uint32_t (*)(std::span<const std::byte>, std::uint32_t) noexcept;

/// All ways that this processor has.
std::vector<Crc32c> ways() {
  std::vector<Crc32c> ways{crc32c, crc32c_by_table};
#if RINGLET_HAS_CRC32C_INSTRUCTION
  if (has_crc32c_instruction()) ways.push_back(crc32c_by_instruction);
#endif
  return ways;
}

TEST(Crc32c, MatchesPublishedValues) {
  for (const Crc32c way : ways()) {
    EXPECT_EQ(way({}, 0), 0U);
    EXPECT_EQ(way(std::as_bytes(std::span(std::string_view("123456789"))), 0), 0xE3069283U);
    std::array<std::byte, 32> bytes{};
    EXPECT_EQ(way(bytes, 0), 0x8A9136AAU);
    bytes.fill(std::byte{0xFF});
    EXPECT_EQ(way(bytes, 0), 0x62A8AB43U);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
    EXPECT_EQ(way(bytes, 0), 0x46DD794EU);
  }
}

TEST(Crc32c, ContinuesAnEarlierCall) {
  std::array<std::byte, 101> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  for (const Crc32c way : ways()) {
    const std::uint32_t whole = way(bytes, 0);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      EXPECT_EQ(way(std::span(bytes).subspan(cut), way(std::span(bytes).first(cut), 0)), whole);
    }
  }
}

/// Sums bit by bit, by the definition.
std::uint32_t by_definition(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

TEST(Crc32c, IsTheSameByEveryWayAtAllLengthsAndAlignments) {
  // Several rounds of the three stretches of 256 bytes that the instruction takes at once.
  constexpr std::size_t most = 8 * 768 + 1100;
  std::vector<std::byte> bytes(most + 16);
  std::mt19937 random(3);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  for (std::size_t offset = 0; offset < 16; ++offset) {
    for (std::size_t length = 0; length <= most;
         length += length < 40 || length % 256 > 232 ? 1 : 13) {
      const auto part = std::span(bytes).subspan(offset, length);
      const auto earlier = static_cast<std::uint32_t>(random());
      const std::uint32_t expected = crc32c_by_table(part, earlier);
      for (const Crc32c way : ways())
        ASSERT_EQ(way(part, earlier), expected) << offset << " " << length;
    }
    EXPECT_EQ(crc32c(std::span(bytes).subspan(offset)),
              by_definition(std::span(bytes).subspan(offset)));
  }
}

}  // namespace
}  // namespace ringlet
