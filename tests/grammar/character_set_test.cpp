// Sets of characters and their bytes, compared with the encoding of every character.
#include "grammar/character_set.hpp"

#include <gtest/gtest.h>

#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

bool in_sequences(const std::vector<std::vector<ByteRange>>& sequences, const std::string& bytes) {
  unsigned found = 0;
  for (const std::vector<ByteRange>& sequence : sequences) {
    bool matches = sequence.size() == bytes.size();
    for (std::size_t i = 0; matches && i < bytes.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes[i]);
      matches = sequence[i].first <= byte && byte <= sequence[i].last;
    }
    found += matches;
  }
  EXPECT_LE(found, 1U);
  return found == 1;
}

TEST(CharacterSet, IsItsBytes) {
  const CharacterSet set = CharacterSet('b', 'x') | CharacterSet(0x70, 0x950) |
                           CharacterSet(0xD000, 0x10FFF) | CharacterSet(0x20001, 0x20001) |
                           CharacterSet(0x10FF00, last_character);
  for (const CharacterSet& tested : {set, ~set, CharacterSet::any(), CharacterSet()}) {
    const auto sequences = utf8_sequences(tested);
    for (std::uint32_t c = 0; c <= last_character; c += c < 0x11100 ? 1 : 61) {
      if (c >= 0xD800 && c < 0xE000) {
        EXPECT_FALSE(tested.contains(c));
      } else {
        ASSERT_EQ(in_sequences(sequences, utf8_of(c)), tested.contains(c)) << c;
      }
    }
  }
}

TEST(CharacterSet, HasTheLawsOfSets) {
  const CharacterSet a = CharacterSet(10, 20) | CharacterSet(30, 40) | CharacterSet(0xD700, 0xE100);
  const CharacterSet b = CharacterSet(15, 35) | CharacterSet(0xE000, 0xE000);
  EXPECT_EQ(~~a, a);
  EXPECT_EQ(~(a | b), ~a & ~b);
  EXPECT_EQ((a & b) | (a & ~b), a);
  EXPECT_EQ(CharacterSet(1, 2) | CharacterSet(3, 4), CharacterSet(1, 4));
  EXPECT_TRUE((a & ~a).empty());
}

}  // namespace
}  // namespace ringlet::grammar
