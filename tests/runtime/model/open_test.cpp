// Opening a model file: what the converter writes is accepted; a damaged or truncated file is
// refused before anything in it is believed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

Recipe recipe_with_tokenizer() {
  Recipe recipe{.architecture = small_architecture()};
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.architecture.tied_embedding = false;
  recipe.tokenizer = true;
  return recipe;
}

class ModelOpen : public testing::Test {
 protected:
  AlignedBytes image = write_image(recipe_with_tokenizer(), convert::WriteOptions{});

  [[nodiscard]] Status open() const { return Model::open(image.span()).status(); }
};

TEST_F(ModelOpen, AcceptsWhatTheConverterWrites) {
  for (const auto& options : {all_f32, all_int8, all_int4, convert::WriteOptions{}}) {
    for (const bool tied : {false, true}) {
      Recipe recipe = recipe_with_tokenizer();
      recipe.architecture.tied_embedding = tied;
      const LoadedModel file(recipe, options);
      EXPECT_TRUE(file.model.verify_data().ok()) << line(file.model.verify_data());
      const Architecture& a = file.model.architecture();
      EXPECT_EQ(a.vocab_size, recipe.architecture.vocab_size);
      EXPECT_EQ(a.head_dim, recipe.architecture.head_dim);
      EXPECT_EQ(a.norm_epsilon, recipe.architecture.norm_epsilon);
      EXPECT_EQ(a.tied_embedding, tied);
    }
  }
}

TEST_F(ModelOpen, AcceptsAwkwardShapes) {
  for (const std::uint32_t dim : {1U, 8U, 31U, 33U, 100U}) {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.dim = dim;
    recipe.architecture.hidden_dim = dim + 1;
    recipe.architecture.vocab_size = dim + 2;
    const LoadedModel file(recipe, all_int4);
    EXPECT_TRUE(file.model.verify_data().ok()) << dim << " " << line(file.model.verify_data());
  }
}

TEST_F(ModelOpen, RefusesEveryTruncation) {
  const file::Preamble preamble = preamble_of(image.span());
  const auto tables_end = static_cast<std::size_t>(preamble.tables_offset + preamble.tables_size);
  for (std::size_t size = 0; size < image.size(); size += size < tables_end + 70 ? 1 : 977) {
    const AlignedBytes cut(image.span().first(size));
    ASSERT_FALSE(Model::open(cut.span()).ok()) << size;
  }
  EXPECT_FALSE(Model::open(image.span().first(image.size() - 1)).ok());
}

TEST_F(ModelOpen, RefusesBytesAfterTheEnd) {
  AlignedBytes longer(image.size() + 64);
  std::memcpy(longer.data(), image.data(), image.size());
  EXPECT_EQ(Model::open(longer.span()).status().code(), ErrorCode::invalid_model);
}

TEST_F(ModelOpen, RefusesAnythingElse) {
  EXPECT_FALSE(Model::open({}).ok());
  EXPECT_FALSE(Model::open(AlignedBytes(5000).span()).ok());
  EXPECT_FALSE(Model::open(AlignedBytes(5000, std::byte{0xFF}).span()).ok());
}

TEST_F(ModelOpen, RefusesAMisalignedBase) {
  AlignedBytes shifted(image.size() + 64);
  for (const std::size_t shift : {1U, 2U, 8U, 32U, 63U}) {
    std::memcpy(shifted.data() + shift, image.data(), image.size());
    const Status status = Model::open(shifted.span().subspan(shift, image.size())).status();
    EXPECT_EQ(status.code(), ErrorCode::invalid_argument) << shift;
    EXPECT_STREQ(status.where(), "bytes");
  }
}

TEST_F(ModelOpen, RefusesEveryFlippedBitOfThePreamble) {
  for (std::size_t bit = 0; bit < 64 * 8; ++bit) {
    AlignedBytes flipped = image;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    ASSERT_FALSE(Model::open(flipped.span()).ok()) << "bit " << bit;
  }
}

TEST_F(ModelOpen, RefusesEveryFlippedByteOfTheTables) {
  const file::Preamble preamble = preamble_of(image.span());
  for (std::uint64_t at = 0; at < preamble.tables_size; ++at) {
    AlignedBytes& flipped = image;
    const auto where = static_cast<std::size_t>(preamble.tables_offset + at);
    flipped[where] ^= std::byte{0x10};
    const Status status = open();
    ASSERT_EQ(status.code(), ErrorCode::checksum_mismatch) << at;
    ASSERT_STREQ(status.where(), "tables");
    flipped[where] ^= std::byte{0x10};
  }
}

TEST_F(ModelOpen, RefusesOtherMajorVersionsAndReadsOtherMinorOnes) {
  file::Preamble preamble = preamble_of(image.span());
  for (const std::uint16_t major : std::initializer_list<std::uint16_t>{0, 3, 0xFFFF}) {
    preamble.major = major;
    put_preamble(image.span(), preamble);
    EXPECT_EQ(open().code(), ErrorCode::unsupported);
  }
  preamble.minor = 77;
  for (const std::uint16_t major : {file::least_major_version, file::most_major_version}) {
    preamble.major = major;
    put_preamble(image.span(), preamble);
    EXPECT_TRUE(open().ok()) << line(open());
  }
}

TEST_F(ModelOpen, RefusesPartsThatDoNotFit) {
  const file::Preamble good = preamble_of(image.span());
  const auto refused = [&](const auto& change) {
    file::Preamble preamble = good;
    change(preamble);
    put_preamble(image.span(), preamble);
    return !open().ok();
  };
  constexpr std::uint64_t most = ~std::uint64_t{0};
  EXPECT_FALSE(refused([](file::Preamble&) {}));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.tables_offset = 0; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.tables_offset = most; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.tables_size = 0; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.tables_size = most; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.tables_size = most - 63; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.tables_size -= 8; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_offset = 0; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_offset += 64; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_offset += 4096; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_offset = most - 4095; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_size = most; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_size -= 64; }));
  EXPECT_TRUE(refused([](file::Preamble& p) { p.segment_size = 0; }));
}

TEST_F(ModelOpen, TheFirstBytesTellHowLongTheFileIs) {
  const auto bytes_of = [](std::span<const std::byte> head) { return model_bytes(head); };
  ASSERT_TRUE(bytes_of(image.span().first(64)).ok());
  EXPECT_EQ(*bytes_of(image.span().first(64)), image.size());
  // A partition that is larger than the file, and bytes that lie anywhere.
  std::vector<std::byte> partition(image.size() + 1000, std::byte{0xFF});
  std::ranges::copy(image.span(), partition.begin() + 1);
  const auto result = bytes_of(std::span(partition).subspan(1));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, image.size());

  EXPECT_EQ(bytes_of(image.span().first(63)).status().code(), ErrorCode::invalid_model);
  EXPECT_EQ(bytes_of({}).status().code(), ErrorCode::invalid_model);
  EXPECT_EQ(bytes_of(std::span(partition).subspan(2)).status().code(), ErrorCode::invalid_model);
  image[40] ^= std::byte{1};
  EXPECT_EQ(bytes_of(image.span()).status().code(), ErrorCode::checksum_mismatch);
}

TEST_F(ModelOpen, AnImpossibleLengthIsRefused) {
  file::Preamble preamble = preamble_of(image.span());
  preamble.segment_size = ~std::uint64_t{0};
  put_preamble(image.span(), preamble);
  const auto wrapped = model_bytes(image.span());
  EXPECT_EQ(wrapped.status().code(), ErrorCode::invalid_model);
  preamble.segment_offset = 0;
  preamble.segment_size = 63;
  put_preamble(image.span(), preamble);
  EXPECT_EQ(model_bytes(image.span()).status().code(), ErrorCode::invalid_model);
}

TEST_F(ModelOpen, RefusesTheWrongIdentifier) {
  const file::Preamble preamble = preamble_of(image.span());
  image[static_cast<std::size_t>(preamble.tables_offset) + 4] = std::byte{'X'};
  seal(image.span());
  EXPECT_STREQ(open().where(), "tables");
  EXPECT_EQ(open().code(), ErrorCode::invalid_model);
}

}  // namespace
}  // namespace ringlet::test
