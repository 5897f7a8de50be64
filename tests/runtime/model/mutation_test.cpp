// Hostile files do no harm. Bits are flipped, and files truncated, extended and spliced at
// thousands of seeded places, with checksums left wrong or corrected: either the file is refused,
// or it decodes within its memory. Sanitizers check everything in between.
#include <gtest/gtest.h>

#include <cstring>

#include "support/hostile.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

AlignedBytes sample(const convert::WriteOptions& options) {
  Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 20;
  recipe.architecture.layers = 1;
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.tokenizer = true;
  return write_image(recipe, options);
}

const AlignedBytes& base(std::size_t kind) {
  static const AlignedBytes images[] = {sample(all_int4), sample(all_int8), sample(all_f32)};
  return images[kind % 3];
}

void flip(AlignedBytes& image, std::size_t begin, std::size_t end, Random& random) {
  const std::size_t at = begin + random.below(static_cast<std::uint32_t>(end - begin));
  image[at] ^= static_cast<std::byte>(1U << random.below(8));
}

std::size_t tables_end(const AlignedBytes& image) {
  const file::Preamble preamble = preamble_of(image.span());
  return static_cast<std::size_t>(preamble.tables_offset + preamble.tables_size);
}

TEST(Mutation, FlippedBitsAnywhere) {
  Random random(1);
  for (std::size_t i = 0; i < 1500; ++i) {
    AlignedBytes image = base(i);
    flip(image, 0, image.size(), random);
    (void)exercise(image.span());
  }
}

TEST(Mutation, FlippedBitsOfTablesWithChecksumsPutRight) {
  Random random(2);
  int opened = 0;
  for (std::size_t i = 0; i < 6000; ++i) {
    AlignedBytes image = base(i);
    for (std::uint32_t n = 1 + random.below(3); n > 0; --n)
      flip(image, 64, tables_end(image), random);
    seal(image.span());
    opened += exercise(image.span()).opened.ok() ? 1 : 0;
  }
  EXPECT_GT(opened, 50) << "otherwise the mutations are too coarse to pass any check";
  EXPECT_LT(opened, 5900);
}

TEST(Mutation, TableWordsReplacedByExtremeOnes) {
  constexpr std::uint32_t extremes[] = {0,          1,          0x7F,       0x80,       0xFFFF,
                                        0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, 0x40000000};
  Random random(3);
  for (std::size_t at = 64; at + 4 <= tables_end(base(0)); at += 4) {
    AlignedBytes image = base(0);
    std::memcpy(image.data() + at, &extremes[random.below(10)], 4);
    seal(image.span());
    (void)exercise(image.span());
  }
}

TEST(Mutation, TokenizersOfBytesWithGaps) {
  static const AlignedBytes whole = with_byte_gaps(base(1));
  ASSERT_TRUE(exercise(whole.span()).decoded);
  Random random(11);
  int opened = 0;
  for (int i = 0; i < 3000; ++i) {
    AlignedBytes image = whole;
    for (std::uint32_t n = 1 + random.below(3); n > 0; --n)
      flip(image, 64, tables_end(image), random);
    seal(image.span());
    opened += exercise(image.span()).opened.ok() ? 1 : 0;
  }
  EXPECT_GT(opened, 25);
}

TEST(Mutation, PlanesOfGarbage) {
  Random random(4);
  for (std::size_t i = 0; i < 300; ++i) {
    AlignedBytes image = base(i);
    const auto segment = static_cast<std::size_t>(preamble_of(image.span()).segment_offset);
    if (i % 5 == 0) {
      for (std::size_t at = segment; at < image.size(); ++at)
        image[at] = static_cast<std::byte>(random.next());
    } else {
      for (int n = 0; n < 40; ++n) flip(image, segment, image.size(), random);
    }
    EXPECT_TRUE(exercise(image.span()).opened.ok()) << "open() does not read the planes";
  }
}

TEST(Mutation, PlanesOfNotANumberAndInfinity) {
  for (const std::uint32_t bits :
       {0x7FC00000U, 0x7F800000U, 0xFF800000U, 0x7F7FFFFFU, 0x00000001U}) {
    for (std::size_t kind = 0; kind < 3; ++kind) {
      AlignedBytes image = base(kind);
      const auto segment = static_cast<std::size_t>(preamble_of(image.span()).segment_offset);
      for (std::size_t at = segment; at + 4 <= image.size(); at += 4)
        std::memcpy(image.data() + at, &bits, 4);
      EXPECT_TRUE(exercise(image.span()).opened.ok());
    }
  }
}

TEST(Mutation, CutAndExtended) {
  Random random(5);
  for (std::size_t i = 0; i < 400; ++i) {
    const AlignedBytes& image = base(i);
    const std::size_t size = random.below(static_cast<std::uint32_t>(image.size()));
    EXPECT_FALSE(exercise(AlignedBytes(image.span().first(size)).span()).opened.ok()) << size;
    AlignedBytes longer(image.size() + 1 + random.below(5000), std::byte{0xEE});
    std::memcpy(longer.data(), image.data(), image.size());
    EXPECT_FALSE(exercise(longer.span()).opened.ok());
  }
}

TEST(Mutation, Spliced) {
  Random random(6);
  for (std::size_t i = 0; i < 1000; ++i) {
    AlignedBytes image = base(i);
    const std::size_t length = 1 + random.below(200);
    const std::size_t limit = i % 2 == 0 ? tables_end(image) : image.size();
    const std::size_t to = 64 + random.below(static_cast<std::uint32_t>(limit - length - 64));
    const std::size_t from = 64 + random.below(static_cast<std::uint32_t>(limit - length - 64));
    std::memmove(image.data() + to, image.data() + from, length);
    seal(image.span());
    (void)exercise(image.span());
  }
}

}  // namespace
}  // namespace ringlet::test
