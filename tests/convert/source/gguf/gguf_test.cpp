// GGUF files: every type is read, Q4_0 and Q8_0 keep their codes, and malformed files are refused
// with the key or tensor at fault. Block types: blocks/coded_block_test.cpp.
#include "source/gguf/gguf.hpp"

#include <gtest/gtest.h>

#include "source/gguf/gguf_import.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/gguf_maker.hpp"
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
  for (std::uint32_t number = 0; number < 64; ++number) {
    const ElementType* type = gguf_type(number);
    if (type == nullptr || type->decode == nullptr || 256 % type->block_elements != 0) continue;
    const std::uint64_t row = 256 / type->block_elements * type->block_bytes;
    EXPECT_EQ(import_error(test::gguf_with_wide_down(number, row).bytes()), "no error") << number;
  }
  GgufMaker second = small_gguf(0, 128);
  second.version = 2;
  EXPECT_EQ(import_error(second.bytes()), "no error");
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

/// Row 1 of a matrix of 3 by 32 that is stored under these dimensions, innermost first.
std::string row_of_matrix_stored_as(const std::vector<std::uint64_t>& dimensions) {
  const TemporaryFolder folder;
  GgufMaker file;
  std::string data;
  for (int i = 0; i < 96; ++i) data += GgufMaker::raw(static_cast<float>(i));
  file.tensor("t", dimensions, 0, data);
  TensorStore store("a.gguf");
  (void)read_gguf(folder.write("a.gguf", file.bytes()), store);
  return error_of([&] {
    std::vector<float> row(32);
    store.matrix("t", 3, 32).read_row(1, row);
    for (std::size_t k = 0; k < 32; ++k) EXPECT_EQ(row[k], static_cast<float>(32 + k));
  });
}

TEST(Gguf, DimensionsOfOneDoNotMatterAroundAShape) {
  EXPECT_EQ(row_of_matrix_stored_as({32, 3}), "no error");
  EXPECT_EQ(row_of_matrix_stored_as({32, 3, 1}), "no error");
  EXPECT_EQ(row_of_matrix_stored_as({32, 3, 1, 1}), "no error");
  EXPECT_EQ(row_of_matrix_stored_as({1, 32, 3, 1}), "no error");
  EXPECT_CONTAINS(row_of_matrix_stored_as({3, 32}), "has 't' of shape [32, 3]");
  EXPECT_CONTAINS(row_of_matrix_stored_as({32, 1, 3}), "of shape [3, 1, 32]");
  EXPECT_CONTAINS(row_of_matrix_stored_as({96, 1}), "but its architecture needs [3, 32]");
}

TEST(Gguf, AWholeModelMayHaveThemEverywhere) {
  EXPECT_EQ(import_error(small_gguf(0, 128, "llama", {1, 1}).bytes()), "no error");
}

TEST(Gguf, VectorsMayHaveDimensionsOfOne) {
  for (const std::vector<std::uint64_t>& dimensions :
       {std::vector<std::uint64_t>{32}, {32, 1}, {1, 32}, {32, 1, 1}}) {
    const TemporaryFolder folder;
    GgufMaker file;
    file.tensor("t", dimensions, 0, std::string(128, '\0'));
    TensorStore store("a.gguf");
    (void)read_gguf(folder.write("a.gguf", file.bytes()), store);
    EXPECT_EQ(store.vector("t", 32).values.size(), 32U);
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
                  "the key 'llama.block_count' appears twice");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 99, ""); }),
                  "metadata 'k' has a value of type 99");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 7, "\2"); }), "the truth value 2");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 9, raw(9U) + raw(std::uint64_t{1})); }),
                  "is a list of elements of type 9");
  EXPECT_CONTAINS(
      error_with([&](auto& f) { f.entry("k", 9, raw(4U) + raw(std::uint64_t{1} << 60)); }),
      "metadata 'k' has 1152921504606846976 elements");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.entry("k", 8, raw(~std::uint64_t{0})); }),
                  "metadata 'k' takes 18446744073709551615 bytes");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("general.alignment", 24); }),
                  "general.alignment = 24 is not a power of two");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.expert_count", 8); }),
                  "llama.expert_count: mixtures of experts");
  EXPECT_CONTAINS(error_with([](auto& f) { f.text("llama.rope.scaling.type", "dynamic"); }),
                  "llama.rope.scaling.type = 'dynamic' is not supported");
  EXPECT_CONTAINS(error_with([](auto& f) {
                    f.text("llama.rope.scaling.type", "yarn");
                    f.real("llama.rope.scaling.yarn_ext_factor", 0.5F);
                  }),
                  "llama.rope.scaling.yarn_ext_factor = 0.5 is not supported; 1 is");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.rope.dimension_count", 1U << 30); }),
                  "llama.rope.dimension_count = 1073741824");
  EXPECT_CONTAINS(error_with([](auto& f) { f.text("llama.rope.freq_base", "x"); }),
                  "llama.rope.freq_base must be a finite number");
  EXPECT_CONTAINS(error_with([](auto& f) { f.number("llama.attention.value_length", 8); }),
                  "llama.attention.value_length = 8 differs");
  EXPECT_CONTAINS(import_error(small_gguf(0, 128, "mambo").bytes()),
                  "general.architecture = 'mambo' is not supported; ringlet-convert --families");
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
                  "rows of 33 elements, which is not a whole number of Q8_0 blocks");
  EXPECT_CONTAINS(error_with([&](auto& f) {
                    f.tensor("x", {~std::uint64_t{0}, 16}, 0, float_bytes);
                  }),
                  "an impossible shape");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("x", {1U << 20}, 0, float_bytes); }),
                  "truncated: tensor 'x' takes 4194304 bytes");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("x", {1}, 0, float_bytes); }),
                  "a tensor 'x' that its architecture has no place for");
  EXPECT_CONTAINS(error_with([&](auto& f) { f.tensor("output_norm.weight", {1}, 0, float_bytes); }),
                  "two tensors named 'output_norm.weight'");
  EXPECT_CONTAINS(import_error(small_gguf(24, 32).bytes()), "stores 'token_embd.weight' as I8");
}

}  // namespace
}  // namespace ringlet::convert
