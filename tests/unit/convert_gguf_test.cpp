// GGUF files: every block type is decoded as ggml does, Q4_0 and Q8_0 keep their codes, and what is
// malformed is refused with the key or tensor at fault.
#include "gguf.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "convert_checkpoint.hpp"
#include "gguf_import.hpp"
#include "numerics/half.hpp"
#include "support/gguf_maker.hpp"
#include "support/hash.hpp"
#include "support/random.hpp"
#include "support/sessions.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::GgufMaker;
using test::small_gguf;
using test::TemporaryFolder;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

std::string import_error(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.gguf", bytes);
  std::string error = error_of([&] { (void)import_gguf(path); });
  EXPECT_TRUE(error == "no error" || error.starts_with(path.string())) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  return error;
}

TEST(Gguf, ReadsEveryTypeOfMatrix) {
  // The type's number and the bytes of 32 elements.
  const std::pair<std::uint32_t, std::uint64_t> types[] = {
      {0, 128}, {1, 64}, {2, 18}, {3, 20}, {6, 22}, {7, 24}, {8, 34}, {20, 18}, {30, 64}};
  for (const auto& [type, bytes] : types) {
    EXPECT_EQ(import_error(small_gguf(type, bytes).bytes()), "no error") << type;
  }
  GgufMaker second = small_gguf(0, 128);
  second.version = 2;
  EXPECT_EQ(import_error(second.bytes()), "no error");
}

/// Blocks of any bytes whose half floats are ordinary.
std::vector<std::byte> random_blocks(const ElementType& type, std::size_t count,
                                     const std::vector<std::size_t>& halves) {
  test::Random random(type.block_bytes);
  std::vector<std::byte> bytes(count * type.block_bytes);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next() & 255);
  for (std::size_t block = 0; block < count; ++block) {
    for (const std::size_t at : halves) {
      const std::uint16_t half = float_to_half(random.symmetric());
      std::memcpy(bytes.data() + block * type.block_bytes + at, &half, sizeof(half));
    }
  }
  return bytes;
}

struct Golden {
  std::uint32_t type;
  std::vector<std::size_t> halves;  // where a block has its half floats
  std::uint64_t hash;
};

// Hashes of decoded blocks. Files of every one of these types, written and decoded again by
// llama.cpp's own quantizer, gave the same floats as these decoders to the bit; the hashes keep it
// so. Printed by
//   ringlet_unit_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintBlockHashes'
const Golden golden[] = {
    {2, {0}, 0xC24FCCB012CFB1F1},     {3, {0, 2}, 0xFF2006D0173EEF24},
    {6, {0}, 0xB33E9899626CCDEA},     {7, {0, 2}, 0xFDED94766EECF33C},
    {8, {0}, 0xFC1BDD304DE28F04},     {10, {80, 82}, 0x45A845644D2FC61B},
    {11, {108}, 0xFF64730F86B9DFEE},  {12, {0, 2}, 0x602AD3F02FEA4C3E},
    {13, {0, 2}, 0x47CBEDEC5A623712}, {14, {208}, 0x16BBA9D4356DE5A4},
    {20, {0}, 0x978C18AEF67DF7EC},
};

std::uint64_t block_hash(const Golden& entry) {
  constexpr std::size_t count = 5;
  const ElementType& type = *gguf_type(entry.type);
  std::vector<float> floats(count * type.block_elements);
  type.decode(random_blocks(type, count, entry.halves).data(), count, floats.data());
  test::Hash hash;
  hash.floats(floats);
  return hash.value();
}

TEST(Gguf, BlocksDecodeToTheGoldenFloats) {
  for (const Golden& entry : golden) EXPECT_EQ(block_hash(entry), entry.hash) << entry.type;
}

TEST(Gguf, DISABLED_PrintBlockHashes) {
  for (const Golden& entry : golden) {
    std::printf("%u 0x%016llX\n", entry.type, static_cast<unsigned long long>(block_hash(entry)));
  }
}

/// One row of 32 in Q8_0 or Q4_0, as the importer hands it over.
std::optional<QuantizedGroup> first_group(std::uint32_t type, std::uint16_t scale,
                                          const std::string& codes) {
  const TemporaryFolder folder;
  GgufMaker file;
  file.tensor("t", {32, 1}, type, GgufMaker::raw(scale) + codes);
  TensorStore store("a.gguf");
  (void)read_gguf(folder.write("a.gguf", file.bytes()), store);
  return store.matrix("t", 1, 32).read_group(0, 0);
}

TEST(Gguf, CodesAreCarriedOver) {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes += static_cast<char>(i * 8 - 127);
  const auto q8 = first_group(8, 0x3C00, bytes);
  ASSERT_TRUE(q8.has_value());
  EXPECT_EQ(q8->scale, 0x3C00);
  for (int i = 0; i < 32; ++i) EXPECT_EQ(q8->codes[static_cast<std::size_t>(i)], i * 8 - 127);

  std::string nibbles;
  for (int i = 0; i < 16; ++i) nibbles += static_cast<char>(i | (15 - i) << 4);
  const auto q4 = first_group(2, 0xBC00, nibbles);
  ASSERT_TRUE(q4.has_value());
  EXPECT_EQ(q4->scale, 0xBC00);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(q4->codes[static_cast<std::size_t>(i)], i - 8);
    EXPECT_EQ(q4->codes[static_cast<std::size_t>(i) + 16], 7 - i);
  }
}

TEST(Gguf, WhatTheRuntimeExcludesIsNotCarriedOver) {
  EXPECT_FALSE(first_group(8, 0x0001, std::string(32, '\1')).has_value());
  EXPECT_EQ(first_group(8, 0x8000, std::string(32, '\1'))->scale, 0);
  std::string codes(32, '\0');
  codes[31] = '\x80';
  const std::string error = error_of([&] { (void)first_group(8, 0x3C00, codes); });
  EXPECT_CONTAINS(error, "has the code -128 in row 0, column 31");
}

TEST(Gguf, RefusesEveryTruncation) {
  const std::string whole = small_gguf(8, 34).bytes();
  for (std::size_t size = 1; size < whole.size(); size += size < 1500 ? 7 : 997) {
    EXPECT_CONTAINS(import_error(whole.substr(0, size)), "truncated");
  }
}

TEST(Gguf, RefusesOtherVersions) {
  GgufMaker file = small_gguf(0, 128);
  file.version = 1;
  EXPECT_CONTAINS(import_error(file.bytes()), "version 1; versions 2 and 3 can be read");
  file.version = 0x03000000;
  EXPECT_CONTAINS(import_error(file.bytes()), "big-endian");
}

/// The error of the small model with something added.
template <typename Edit>
std::string error_with(Edit edit) {
  GgufMaker file = small_gguf(0, 128);
  edit(file);
  return import_error(file.bytes());
}

TEST(Gguf, NamesTheKeyAtFault) {
  const auto raw = [](auto value) { return GgufMaker::raw(value); };
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.block_count", 1); }),
                  "the key 'llama.block_count' is there twice");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 99, ""); }),
                  "metadata 'k' has a value of type 99");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 7, "\2"); }), "a truth value of 2");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 9, raw(9U) + raw(std::uint64_t{1})); }),
                  "is a list of elements of type 9");
  EXPECT_CONTAINS(
      error_with([&](auto& f) { f.entry("k", 9, raw(4U) + raw(std::uint64_t{1} << 60)); }),
      "metadata 'k' has 1152921504606846976 elements");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 8, raw(~std::uint64_t{0})); }),
                  "metadata 'k' takes 18446744073709551615 bytes");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("general.alignment", 24); }),
                  "general.alignment = 24 is no power of two");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.expert_count", 8); }),
                  "llama.expert_count: mixtures of experts");
  EXPECT_CONTAINS(error_with([](auto& f) { f.text("llama.rope.scaling.type", "yarn"); }),
                  "llama.rope.scaling.type = 'yarn' is not supported");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.rope.dimension_count", 1U << 30); }),
                  "llama.rope.dimension_count = 1073741824");
  EXPECT_CONTAINS(error_with([](auto& f) { f.text("llama.rope.freq_base", "x"); }),
                  "llama.rope.freq_base must be a finite number");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.attention.value_length", 8); }),
                  "llama.attention.value_length = 8 differs");
  EXPECT_CONTAINS(import_error(small_gguf(0, 128, "mamba").bytes()),
                  "general.architecture = 'mamba' is not supported; supported are llama");
}

TEST(Gguf, NamesTheTensorAtFault) {
  const std::string float_bytes(4, '\0');
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("x", {1}, 77, float_bytes); }),
                  "tensor 'x' has type 77");
  EXPECT_CONTAINS(error_with([&](auto& f) {
                    f.tensor("x", {1, 1, 1, 1, 1}, 0, float_bytes);
                  }),
                  "tensor 'x' has 5 dimensions");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("x", {33}, 8, float_bytes); }),
                  "rows of 33 elements, no whole number of Q8_0 blocks");
  EXPECT_CONTAINS(error_with([&](auto& f) {
                    f.tensor("x", {~std::uint64_t{0}, 16}, 0, float_bytes);
                  }),
                  "a shape that no file can hold");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("x", {1U << 20}, 0, float_bytes); }),
                  "truncated: tensor 'x' takes 4194304 bytes");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("x", {1}, 0, float_bytes); }),
                  "a tensor 'x' that its architecture has no place for");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("output_norm.weight", {1}, 0, float_bytes); }),
                  "two tensors of the name 'output_norm.weight'");
  EXPECT_CONTAINS(import_error(small_gguf(24, 32).bytes()), "stores 'token_embd.weight' as I8");
}

}  // namespace
}  // namespace ringlet::convert
