// Images with bits flipped, words replaced, cut and extended, checksums right again: refused, or
// restored into a session that works. Never a crash, and never a trace of what was refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "support/hostile_image.hpp"
#include "support/images.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

const std::vector<std::pair<std::string, AlignedBytes>>& inputs() {
  static const auto all = image_inputs();
  return all;
}

/// Where the head of an input begins and ends.
constexpr std::size_t head_begin = image_input_prefix;
std::size_t head_end(const AlignedBytes& input) {
  return head_begin + head_bytes(input.span().subspan(head_begin));
}

void flip(AlignedBytes& input, std::size_t begin, std::size_t end, Random& random) {
  const std::size_t at = begin + random.below(static_cast<std::uint32_t>(end - begin));
  input[at] ^= static_cast<std::byte>(1U << random.below(8));
}

TEST(ImageMutation, IntactOnesAreRestored) {
  for (const auto& [name, input] : inputs()) EXPECT_TRUE(exercise_image(input.span()).ok()) << name;
}

TEST(ImageMutation, FlippedBitsOfTheHead) {
  Random random(1);
  int restored = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    AlignedBytes input = inputs()[i % inputs().size()].second;
    for (std::uint32_t n = 1 + random.below(3); n > 0; --n) {
      flip(input, head_begin, head_end(input), random);
    }
    restored += exercise_image(input.span()).ok() ? 1 : 0;
  }
  EXPECT_GT(restored, 100) << "otherwise the mutations are too coarse to pass any check";
  EXPECT_LT(restored, 2900);
}

TEST(ImageMutation, HeadWordsReplacedByExtremeOnes) {
  constexpr std::uint32_t extremes[] = {0,      1,          2,          3,          0x7F,
                                        0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0};
  for (const auto& [name, original] : inputs()) {
    if (!name.starts_with("int4_") && !name.starts_with("f16_")) continue;
    for (std::size_t at = head_begin; at + 4 <= head_end(original); at += 4) {
      for (const std::uint32_t word : extremes) {
        AlignedBytes input = original;
        std::memcpy(input.data() + at, &word, sizeof(word));
        (void)exercise_image(input.span());
      }
    }
  }
}

TEST(ImageMutation, PlanesOfGarbage) {
  Random random(2);
  int restored = 0;
  for (int round = 0; round < 20; ++round) {
    for (const auto& [name, original] : inputs()) {
      AlignedBytes input = original;
      for (std::size_t at = head_end(input); at + 8 < input.size(); ++at) {
        // Many of the halves and floats that this makes are large, few are not finite.
        if (round == 0 || random.below(200) == 0) input[at] = static_cast<std::byte>(random.next());
      }
      restored += exercise_image(input.span()).ok() ? 1 : 0;
    }
  }
  EXPECT_GT(restored, 10);
  EXPECT_LT(restored, 700);
}

TEST(ImageMutation, CutAndExtended) {
  for (const auto& [name, original] : inputs()) {
    for (std::size_t size = 0; size < original.size(); size += size < 500 ? 3 : 97) {
      EXPECT_FALSE(exercise_image(original.span().first(size)).ok()) << name << " " << size;
    }
    AlignedBytes longer(original.size() + 64);
    std::memcpy(longer.data(), original.data(), original.size());
    EXPECT_FALSE(exercise_image(longer.span()).ok()) << name;
  }
}

}  // namespace
}  // namespace ringlet::test
