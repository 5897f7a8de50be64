// verify_data() reads every plane: a flipped bit, a scale that is no scale, a code that kernels
// exclude and padding that is not neutral are found, and the tensor is named.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/crc32c.hpp"
#include "editable_generated.h"
#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

class ModelData : public testing::TestWithParam<convert::WriteOptions> {
 protected:
  AlignedBytes image = write_image(Recipe{.architecture = small_architecture()}, GetParam());
  std::size_t segment = static_cast<std::size_t>(preamble_of(image.span()).segment_offset);

  /// What verify_data says after `edit` of wq's planes in layer 1, with the checksum of the plane
  /// put right.
  Status edited(const std::function<void(std::byte* codes, std::byte* scales)>& edit) const {
    AlignedBytes copy = with_tables(image, [](test_schema::ModelT&) {});
    const auto start = static_cast<std::size_t>(preamble_of(copy.span()).segment_offset);
    const auto fix = [&](test_schema::ModelT& tables) {
      test_schema::MatrixT& wq = *tables.layers[1]->wq;
      std::byte* codes = copy.data() + start + wq.codes_offset;
      std::byte* scales = copy.data() + start + wq.scales_offset;
      edit(codes, scales);
      wq.codes_crc32c = crc32c({codes, static_cast<std::size_t>(wq.codes_size)});
      wq.scales_crc32c = crc32c({scales, static_cast<std::size_t>(wq.scales_size)});
    };
    AlignedBytes sums = with_tables(copy, fix);
    std::memcpy(sums.data() + preamble_of(sums.span()).segment_offset, copy.data() + start,
                copy.size() - start);
    const auto model = Model::open(sums.span());
    EXPECT_TRUE(model.ok()) << line(model.status());
    return model->verify_data();
  }
  [[nodiscard]] bool is(MatrixFormat format) const { return GetParam().weights == format; }
};

TEST_P(ModelData, FindsEveryFlippedByteThatMatters) {
  const auto model = *Model::open(image.span());
  ASSERT_TRUE(model.verify_data().ok());
  std::size_t found = 0;
  std::size_t tried = 0;
  for (std::size_t at = segment; at < image.size(); at += 131) {
    image[at] ^= std::byte{0x04};
    const Status status = model.verify_data();
    if (!status.ok()) {
      EXPECT_EQ(status.code(), ErrorCode::checksum_mismatch);
      ++found;
    }
    image[at] ^= std::byte{0x04};
    ++tried;
  }
  // The rest is padding between planes, which nobody reads.
  EXPECT_GT(found, tried * 3 / 4);
  EXPECT_TRUE(model.verify_data().ok());
}

TEST_P(ModelData, AcceptsWhatIsRightAndSaysHowFarItIs) {
  EXPECT_TRUE(edited([](std::byte*, std::byte*) {}).ok());
  struct Seen {
    std::uint64_t last = 0;
    int calls = 0;
  } seen;
  const auto model = *Model::open(image.span());
  const auto progress = [](void* user_data, std::uint64_t done, std::uint64_t total) {
    auto& s = *static_cast<Seen*>(user_data);
    EXPECT_GT(done, s.last);
    EXPECT_LE(done, total);
    s.last = done;
    ++s.calls;
  };
  EXPECT_TRUE(model.verify_data(progress, &seen).ok());
  EXPECT_EQ(seen.calls, 1 + 2 * 9 + 1);
}

TEST_P(ModelData, RefusesScalesThatAreNone) {
  if (is(MatrixFormat::f32)) GTEST_SKIP() << "floats have no scales";
  for (const std::uint16_t scale :
       std::initializer_list<std::uint16_t>{0x7C00, 0x7E00, 0x8000, 0xFC00, 0x0001, 0x83FF}) {
    const Status status =
        edited([=](std::byte*, std::byte* scales) { std::memcpy(scales + 2 * 5, &scale, 2); });
    EXPECT_EQ(status.code(), ErrorCode::invalid_model) << scale;
    EXPECT_STREQ(status.where(), "layers.wq");
    EXPECT_EQ(status.index(), 1);
  }
}

TEST_P(ModelData, RefusesTheInt8CodeMinus128) {
  if (!is(MatrixFormat::int8)) GTEST_SKIP() << "only INT8 has that code";
  const Status status = edited([](std::byte* codes, std::byte*) { codes[77] = std::byte{0x80}; });
  EXPECT_EQ(status.code(), ErrorCode::invalid_model);
  EXPECT_STREQ(status.where(), "layers.wq");
}

TEST_P(ModelData, RefusesPaddingThatIsNotNeutral) {
  if (is(MatrixFormat::f32)) GTEST_SKIP() << "floats have no padding";
  // 40 columns: of the second group, columns 8 to 31 are padding. Row 0, column 32 + 8 is line 0.
  const std::size_t block = is(MatrixFormat::int4) ? 256 : 512;
  const Status status =
      edited([=](std::byte* codes, std::byte*) { codes[block + 32] = std::byte{0x35}; });
  EXPECT_EQ(status.code(), ErrorCode::invalid_model);
  EXPECT_STREQ(status.where(), "layers.wq");
}

TEST_P(ModelData, RefusesFloatsThatAreNotFinite) {
  if (!is(MatrixFormat::f32)) GTEST_SKIP() << "codes are always finite";
  for (const std::uint32_t bits : {0x7F800000U, 0xFF800000U, 0x7FC00000U}) {
    const Status status =
        edited([=](std::byte* codes, std::byte*) { std::memcpy(codes + 400, &bits, 4); });
    EXPECT_EQ(status.code(), ErrorCode::invalid_model) << bits;
    EXPECT_STREQ(status.where(), "layers.wq");
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, ModelData, testing::Values(all_f32, all_int8, all_int4),
                         [](const testing::TestParamInfo<convert::WriteOptions>& instance) {
                           return std::string(name_of(instance.param.weights));
                         });

}  // namespace
}  // namespace ringlet::test
