// The block types of GGUF files: each is decoded as ggml does, and goes to the format that holds
// it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "numerics/half.hpp"
#include "quantize/quantize.hpp"
#include "source/blocks/coded_block.hpp"
#include "source/element_type.hpp"
#include "source/gguf/gguf.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/gguf_maker.hpp"
#include "support/hash.hpp"
#include "support/random.hpp"

namespace ringlet::convert {
namespace {

using test::GgufMaker;
using test::TemporaryFolder;

struct Golden {
  std::uint32_t type;
  std::size_t blocks;
  std::vector<std::size_t> halves;  // where a block has its half floats
  std::uint64_t hash;
};

// Hashes of the floats that ggml's own functions dequantize_row_… (commit d99724f2, built with
// -ffp-contract=off) make of random_blocks(). 300 blocks draw nearly every point of every codebook.
// The same comparison held to the bit for 20,000 blocks of each type whose bytes were all random,
// infinite and denormal scales included, and for weights quantized by ggml.
const Golden golden[] = {
    {2, 5, {0}, 0xC24FCCB012CFB1F1},     {3, 5, {0, 2}, 0xFF2006D0173EEF24},
    {6, 5, {0}, 0xB33E9899626CCDEA},     {7, 5, {0, 2}, 0xFDED94766EECF33C},
    {8, 5, {0}, 0xFC1BDD304DE28F04},     {10, 5, {80, 82}, 0x45A845644D2FC61B},
    {11, 5, {108}, 0xFF64730F86B9DFEE},  {12, 5, {0, 2}, 0x602AD3F02FEA4C3E},
    {13, 5, {0, 2}, 0x47CBEDEC5A623712}, {14, 5, {208}, 0x16BBA9D4356DE5A4},
    {20, 5, {0}, 0x978C18AEF67DF7EC},    {16, 300, {0}, 0x3A2E1CF29EDC3597},
    {17, 300, {0}, 0xC572D5AB68FE7987},  {18, 300, {0}, 0x982F53523A22F158},
    {19, 300, {0}, 0xA80FC597D7E32D34},  {21, 300, {0}, 0x17DC736B24BD4822},
    {22, 300, {0}, 0xF6627D105E80DD9E},  {23, 300, {0}, 0x3FA7C9BC160F0AEC},
    {29, 300, {}, 0xE4D3CB4FB674B06F},   {34, 300, {52}, 0xDAF2BAC4884BE17E},
    {35, 300, {64}, 0xC4EC8E989EA45453}, {39, 300, {}, 0xDF55B5EDD975BE37},
    {40, 300, {}, 0xF23FE5F001412DDA},   {41, 300, {0}, 0x02D2285AA8210D25},
    {42, 300, {0}, 0x6506338817CA72EF},
};

constexpr std::uint32_t iq1_m_number = 29;

/// Blocks of any bytes whose half floats are ordinary.
std::vector<std::byte> random_blocks(const Golden& entry) {
  const ElementType& type = *gguf_type(entry.type);
  test::Random random(type.block_bytes);
  std::vector<std::byte> bytes(entry.blocks * type.block_bytes);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next() & 255);
  for (std::size_t i = 0; i < entry.blocks; ++i) {
    std::byte* block = bytes.data() + i * type.block_bytes;
    for (const std::size_t at : entry.halves) {
      const std::uint16_t half = float_to_half(random.symmetric());
      std::memcpy(block + at, &half, sizeof(half));
    }
    // IQ1_M has its half in four nibbles, of which this one is the sign and most of the exponent.
    if (entry.type == iq1_m_number) block[55] = (block[55] & std::byte{0x8F}) | std::byte{0x30};
  }
  return bytes;
}

std::vector<float> decoded(const Golden& entry) {
  const ElementType& type = *gguf_type(entry.type);
  std::vector<float> floats(entry.blocks * type.block_elements);
  type.decode(random_blocks(entry).data(), entry.blocks, floats.data());
  return floats;
}

TEST(GgufBlocks, DecodeToTheFloatsOfGgml) {
  for (const Golden& entry : golden) {
    test::Hash hash;
    hash.floats(decoded(entry));
    EXPECT_EQ(hash.value(), entry.hash) << gguf_type(entry.type)->name;
  }
}

TEST(GgufBlocks, OfEveryTypeThatIsReadHaveAGoldenHash) {
  for (std::uint32_t number = 0; number < 64; ++number) {
    const ElementType* type = gguf_type(number);
    if (type == nullptr || type->decode == nullptr || type->block_elements == 1) continue;
    EXPECT_EQ(std::count_if(std::begin(golden), std::end(golden),
                            [&](const Golden& entry) { return entry.type == number; }),
              1)
        << type->name;
  }
}

/// A tensor of one row of blocks.
StoredTensor one_row(const TemporaryFolder& folder, const Golden& entry) {
  const ElementType& type = *gguf_type(entry.type);
  const std::vector<std::byte> blocks = random_blocks(entry);
  GgufMaker file;
  file.tensor("t", {entry.blocks * type.block_elements, 1}, entry.type,
              {reinterpret_cast<const char*>(blocks.data()), blocks.size()});
  TensorStore store("a.gguf");
  (void)read_gguf(folder.write("a.gguf", file.bytes()), store);
  return store.take("t");
}

TEST(GgufBlocks, ThatAreCodesTimesAScaleAreCarriedOver) {
  const TemporaryFolder folder;
  std::size_t types = 0;
  for (const Golden& entry : golden) {
    const ElementType& type = *gguf_type(entry.type);
    if (type.coded == nullptr || entry.type == 8) continue;  // random Q8_0 may have the code −128
    ++types;
    const StoredTensor tensor = one_row(folder, entry);
    const std::vector<float> expected = decoded(entry);
    std::size_t carried = 0;
    for (std::size_t first = 0; first < expected.size(); first += packed::group_size) {
      const auto group = tensor.read_group(0, first / packed::group_size);
      if (!group) continue;
      ++carried;
      for (std::size_t i = 0; i < packed::group_size; ++i) {
        const int code = group->codes[i];
        ASSERT_EQ(half_to_float(group->scale) * static_cast<float>(code), expected[first + i])
            << type.name << " " << first + i;
        const int limit = type.kept_in == MatrixFormat::int4 ? 8 : 127;
        EXPECT_LE(std::abs(code), limit) << type.name;
      }
    }
    EXPECT_GT(carried, 0U) << type.name;
  }
  EXPECT_EQ(types, 8U);
}

/// One block of MXFP4 whose scale has the exponent `e`; element 0 is 12 halves of it.
std::optional<QuantizedGroup> mxfp4_group(std::uint8_t e) {
  const TemporaryFolder folder;
  GgufMaker file;
  file.tensor("t", {32, 1}, 39, static_cast<char>(e) + std::string(16, '\x07'));
  TensorStore store("a.gguf");
  (void)read_gguf(folder.write("a.gguf", file.bytes()), store);
  return store.matrix("t", 1, 32).read_group(0, 0);
}

TEST(GgufBlocks, PowersOfTwoAreCarriedOverWhereHalvesReach) {
  EXPECT_EQ(mxfp4_group(128)->scale, 0x3C00);  // 1
  EXPECT_EQ(mxfp4_group(128)->codes[0], 12);
  EXPECT_EQ(mxfp4_group(128)->codes[16], 0);
  EXPECT_EQ(mxfp4_group(114)->scale, 0x0400);  // 2^-14
  EXPECT_EQ(mxfp4_group(143)->scale, 0x7800);  // 2^15
  EXPECT_FALSE(mxfp4_group(113).has_value());
  EXPECT_FALSE(mxfp4_group(144).has_value());
}

TEST(GgufBlocks, GoToTheFormatThatHoldsThem) {
  const char* const int4[] = {"Q4_0", "Q1_0", "Q2_0", "TQ1_0", "TQ2_0"};
  for (std::uint32_t number = 0; number < 64; ++number) {
    const ElementType* type = gguf_type(number);
    if (type == nullptr || type->decode == nullptr) continue;
    if (type->block_elements == 1) {
      EXPECT_FALSE(type->kept_in.has_value()) << type->name;
      continue;
    }
    const bool held =
        std::find(std::begin(int4), std::end(int4), std::string(type->name)) != std::end(int4);
    EXPECT_EQ(*type->kept_in, held ? MatrixFormat::int4 : MatrixFormat::int8) << type->name;
    if (held) {
      EXPECT_NE(type->coded, nullptr) << type->name;
    }
  }
}

/// The squared error of rounding a decoded row, relative to its squares.
double loss(std::uint32_t number, MatrixFormat format) {
  const auto* entry = std::find_if(std::begin(golden), std::end(golden),
                                   [&](const Golden& each) { return each.type == number; });
  const std::vector<float> floats = decoded(*entry);
  double error = 0;
  double squares = 0;
  for (std::size_t first = 0; first < floats.size(); first += packed::group_size) {
    const GroupWeights weights(floats.data() + first, packed::group_size);
    error += (format == MatrixFormat::int4 ? quantize_int4(weights) : quantize_int8(weights))
                 .squared_error;
    for (const float weight : weights) squares += double{weight} * weight;
  }
  return error / squares;
}

TEST(GgufBlocks, LoseLittleInThatFormatAndMuchInTheOther) {
  for (const char* name : {"Q4_1", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS",
                           "IQ3_S", "IQ3_XXS", "NVFP4"}) {
    for (const Golden& entry : golden) {
      if (std::string(name) != gguf_type(entry.type)->name) continue;
      EXPECT_LT(std::sqrt(loss(entry.type, MatrixFormat::int8)), 0.01) << name;
      EXPECT_GT(std::sqrt(loss(entry.type, MatrixFormat::int4)), 0.02) << name;
    }
  }
}

}  // namespace
}  // namespace ringlet::convert
