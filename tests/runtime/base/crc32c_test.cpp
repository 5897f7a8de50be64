// CRC32C against published values (RFC 3720, appendix B.4).
#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "base/crc32c.hpp"

namespace ringlet {
namespace {

TEST(Crc32c, MatchesPublishedValues) {
  EXPECT_EQ(crc32c({}), 0U);
  EXPECT_EQ(crc32c(std::as_bytes(std::span(std::string_view("123456789")))), 0xE3069283U);
  std::array<std::byte, 32> bytes{};
  EXPECT_EQ(crc32c(bytes), 0x8A9136AAU);
  bytes.fill(std::byte{0xFF});
  EXPECT_EQ(crc32c(bytes), 0x62A8AB43U);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  EXPECT_EQ(crc32c(bytes), 0x46DD794EU);
}

TEST(Crc32c, ContinuesAnEarlierCall) {
  std::array<std::byte, 101> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  const std::uint32_t whole = crc32c(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(crc32c(std::span(bytes).subspan(cut), crc32c(std::span(bytes).first(cut))), whole);
  }
}

}  // namespace
}  // namespace ringlet
