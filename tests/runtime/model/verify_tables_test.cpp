// The check of the tables by shapes accepts and refuses what the code that flatc generates does,
// and refuses vectors of 64-bit numbers at other addresses than multiples of eight.
#include <gtest/gtest.h>

#include "model/verify.hpp"
#include "schema/ringlet_generated.h"
#include "support/family_models.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

bool is_valid_for_flatc(std::span<const std::byte> tables) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(tables.data()),
                                 tables.size());
  return schema::VerifyModelBuffer(verifier);
}

bool is_aligned(const flatbuffers::Vector<std::uint64_t>* vector) {
  return vector == nullptr || vector->size() == 0 ||
         reinterpret_cast<std::uintptr_t>(vector->data()) % alignof(std::uint64_t) == 0;
}

/// flatc's code checks only the alignment of a vector's count.
bool is_valid(std::span<const std::byte> tables) {
  if (!is_valid_for_flatc(tables)) return false;
  const schema::Model& model = *schema::GetModel(tables.data());
  const schema::Architecture& a = *model.architecture();
  const auto* text = model.tokenizer();
  const auto* normalizer = text == nullptr ? nullptr : text->normalizer();
  return is_aligned(a.rotary_frequencies()) && is_aligned(a.rotary_frequencies_local()) &&
         is_aligned(a.rotary_frequencies_long()) &&
         (normalizer == nullptr || is_aligned(normalizer->compositions()));
}

std::span<std::byte> tables_of(AlignedBytes& image) {
  const file::Preamble preamble = preamble_of(image.span());
  return image.span().subspan(static_cast<std::size_t>(preamble.tables_offset),
                              static_cast<std::size_t>(preamble.tables_size));
}

/// How many of the changed files are valid, and how many are not.
struct Count {
  std::size_t valid = 0;
  std::size_t damaged = 0;
};

/// Changes each byte of the tables by itself, and each word to zero: an offset, a vtable's entry.
Count compare_changed(AlignedBytes image) {
  const std::span<std::byte> tables = tables_of(image);
  Count count;
  const auto compare = [&](std::size_t at) {
    const bool expected = is_valid(tables);
    EXPECT_EQ(verify_tables(tables), expected) << "changed at " << at;
    ++(expected ? count.valid : count.damaged);
  };
  Random random(1);
  for (std::size_t at = 0; at < tables.size(); ++at) {
    const std::byte kept = tables[at];
    for (const std::byte value : {std::byte{0}, kept ^ std::byte{1}, kept ^ std::byte{0x80},
                                  std::byte(random.below(256))}) {
      tables[at] = value;
      compare(at);
    }
    tables[at] = kept;
  }
  for (std::size_t at = 0; at + 2 <= tables.size(); at += 2) {
    const std::byte kept[] = {tables[at], tables[at + 1]};
    tables[at] = tables[at + 1] = std::byte{0};
    compare(at);
    tables[at] = kept[0];
    tables[at + 1] = kept[1];
  }
  return count;
}

AlignedBytes small_image(const convert::WriteOptions& options) {
  Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 20;
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.architecture.tied_embedding = false;
  recipe.key_bias = 1;
  recipe.tokenizer = true;
  return write_image(recipe, options);
}

TEST(VerifyTables, ChangedFilesAreJudgedAsByFlatc) {
  for (const convert::WriteOptions& options : {all_f32, all_int4}) {
    const Count count = compare_changed(small_image(options));
    EXPECT_GT(count.valid, 1000U);
    EXPECT_GT(count.damaged, 1000U);
  }
}

TEST(VerifyTables, ChangedFilesOfAllFamiliesAreJudgedAsByFlatc) {
  for (const Family& family : runtime_families()) {
    SCOPED_TRACE(family.name);
    const Count count = compare_changed(write_family(family, all_int8));
    EXPECT_GT(count.valid, 1000U);
    EXPECT_GT(count.damaged, 1000U);
  }
}

/// Tables whose layers are `count` times the same one, which has nine tables with itself.
std::vector<std::byte> repeated_layer(std::size_t count) {
  flatbuffers::FlatBufferBuilder builder;
  const auto matrix = schema::CreateMatrix(builder);
  const auto vector = schema::CreateVector(builder);
  const auto family = builder.CreateString("test");
  const auto frequencies = builder.CreateVector(std::vector<std::uint64_t>(1));
  schema::ArchitectureBuilder fields(builder);
  fields.add_family(family);
  fields.add_rotary_frequencies(frequencies);
  const auto architecture = fields.Finish();
  schema::LayerBuilder layer(builder);
  layer.add_attention_norm(vector);
  layer.add_wq(matrix);
  layer.add_wk(matrix);
  layer.add_wv(matrix);
  layer.add_wo(matrix);
  layer.add_ffn_norm(vector);
  layer.add_w_up(matrix);
  layer.add_w_down(matrix);
  const auto one = layer.Finish();
  const auto layers = builder.CreateVector(std::vector(count, one));
  schema::ModelBuilder model(builder);
  model.add_architecture(architecture);
  model.add_embedding(matrix);
  model.add_layers(layers);
  model.add_final_norm(vector);
  schema::FinishModelBuffer(builder, model.Finish());
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

TEST(VerifyTables, MisalignedVectorsAreRefused) {
  AlignedBytes image = small_image(all_int8);
  const std::span<std::byte> tables = tables_of(image);
  const auto* root =
      reinterpret_cast<const flatbuffers::Table*>(schema::GetModel(tables.data())->architecture());
  constexpr auto field = schema::Architecture::VT_ROTARY_FREQUENCIES;
  auto* offset = const_cast<std::uint8_t*>(root->GetAddressOf(field));
  const auto kept = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(offset);
  // Four bytes on, the count is the low half of the first number.
  flatbuffers::WriteScalar(offset + kept + 4, flatbuffers::uoffset_t{1});
  ASSERT_TRUE(verify_tables(tables));
  flatbuffers::WriteScalar(offset, kept + 4);
  EXPECT_TRUE(is_valid_for_flatc(tables));
  EXPECT_FALSE(verify_tables(tables));
  flatbuffers::WriteScalar(offset + kept + 4, flatbuffers::uoffset_t{0});
  EXPECT_TRUE(verify_tables(tables)) << "nothing is read from an empty vector";
}

TEST(VerifyTables, MoreTablesThanAnyModelHasAreRefused) {
  EXPECT_TRUE(verify_tables(repeated_layer(10'000)));
  EXPECT_FALSE(verify_tables(repeated_layer(20'000)));
}

TEST(VerifyTables, FilesCutShortAreRefused) {
  AlignedBytes image = small_image(all_int8);
  const std::span<std::byte> tables = tables_of(image);
  ASSERT_TRUE(verify_tables(tables));
  for (std::size_t size = 0; size < tables.size(); size += 3) {
    EXPECT_EQ(verify_tables(tables.first(size)), is_valid_for_flatc(tables.first(size))) << size;
  }
  EXPECT_FALSE(verify_tables(tables.first(7)));
}

}  // namespace
}  // namespace ringlet::test
