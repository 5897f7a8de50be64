// SHA-256 against the examples of FIPS 180-4 and its validation suite, in pieces of every size.
#include "base/sha256.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ringlet::test {
namespace {

std::string hex(const Sha256Hash& hash) {
  std::string text;
  for (const std::uint8_t byte : hash) {
    for (const unsigned digit : {byte / 16U, byte % 16U}) text += "0123456789abcdef"[digit];
  }
  return text;
}

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Sha256, GivesTheHashesOfTheStandard) {
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(bytes(std::string(1'000'000, 'a')))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesChangeNothing) {
  std::string text;
  for (std::size_t i = 0; i < 300; ++i) text += static_cast<char>(i * 7 % 251);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view whole = std::string_view(text).substr(0, size);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{63}, std::size_t{64}, size + 1}) {
      Sha256 hash;
      for (std::size_t i = 0; i < size; i += piece) hash.update(bytes(whole.substr(i, piece)));
      ASSERT_EQ(hash.finish(), sha256(bytes(whole))) << size << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace ringlet::test
