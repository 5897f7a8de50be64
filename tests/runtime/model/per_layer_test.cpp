// Models whose layers differ: what must fit is checked, and the error names the field. The tables
// of their tokens are stored row by row.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <string>

#include "base/crc32c.hpp"
#include "editable_generated.h"
#include "kernels/row_layout.hpp"
#include "model/weights.hpp"
#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Tables = test_schema::ModelT;
using Layer = test_schema::LayerT;

class PerLayer : public testing::Test {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = architecture_with_heads(4, 2, 24)};
    add_differences(recipe);
    return recipe;
  }
  AlignedBytes image = write_image(recipe(), all_int8);

  std::string blamed(const std::function<void(Tables&)>& edit) {
    const AlignedBytes edited = with_tables(image, edit);
    const auto opened = Model::open(edited.span());
    return opened.ok() ? "accepted" : opened.status().where();
  }
  /// After a change of layer `index`.
  template <typename Edit>
  std::string layer(std::size_t index, Edit edit) {
    return blamed([=](Tables& t) { edit(*t.layers[index]); });
  }
};

TEST_F(PerLayer, SizesAreThoseOfTheLayers) {
  EXPECT_EQ(blamed([](Tables&) {}), "accepted");
  const auto model = *Model::open(image.span());
  EXPECT_EQ(model.architecture(0).head_dim, 16U);
  EXPECT_EQ(model.architecture(0).rotary_dim, 16U);
  EXPECT_EQ(model.architecture(1).head_dim, 24U);
  EXPECT_EQ(model.architecture(1).hidden_dim, 72U);
  EXPECT_EQ(model.architecture(4).hidden_dim, 144U);
  EXPECT_EQ(model.cache_of(2), 2U);
  EXPECT_EQ(model.cache_of(3), 2U);
  EXPECT_EQ(model.cache_of(4), 1U);
}

TEST_F(PerLayer, SizesMustBePossible) {
  EXPECT_EQ(layer(0, [](Layer& l) { l.head_dim = 12; }), "head_dim");
  EXPECT_EQ(layer(0, [](Layer& l) { l.head_dim = 520; }), "head_dim");
  EXPECT_EQ(layer(0, [](Layer& l) { l.kv_heads = 3; }), "kv_heads");
  EXPECT_EQ(layer(0, [](Layer& l) { l.hidden_dim = 1U << 25; }), "hidden_dim");
  EXPECT_EQ(layer(0, [](Layer& l) { l.hidden_dim = 80; }), "layers.w_gate");
  EXPECT_EQ(layer(0, [](Layer& l) { l.head_dim = 8; }), "rotary_dim");
  EXPECT_EQ(layer(0, [](Layer& l) { l.output_scale = 0; }), "layers.output_scale");
}

TEST_F(PerLayer, ACacheMustFitItsReader) {
  constexpr const char* name = "layers.cache_of";
  EXPECT_EQ(layer(3, [](Layer& l) { l.cache_of = 3; }), name);
  EXPECT_EQ(layer(3, [](Layer& l) { l.cache_of = 4; }), name);
  EXPECT_EQ(layer(3, [](Layer& l) { l.cache_of = std::numeric_limits<std::int32_t>::max(); }),
            name);
  EXPECT_EQ(layer(3, [](Layer& l) { l.cache_of = 1; }), name);  // without a window
  EXPECT_EQ(layer(3, [](Layer& l) { l.cache_of = 0; }), name);  // with another window
  EXPECT_EQ(layer(4, [](Layer& l) { l.hadamard_keys = true; }), name);
  EXPECT_EQ(blamed([](Tables& t) { t.layers[2]->cache_of = 0, t.layers[2]->window = 30; }), name);
  EXPECT_EQ(blamed([](Tables& t) {
              t.layers[3]->k_norm = std::make_unique<test_schema::VectorT>(*t.layers[2]->k_norm);
            }),
            name);
  // Then it has no keys of its own.
  EXPECT_EQ(layer(3, [](Layer& l) { l.cache_of = -1; }), "layers.q_norm");
}

TEST_F(PerLayer, InputsAreWhole) {
  EXPECT_EQ(layer(1, [](Layer& l) { l.per_layer_norm.reset(); }), "layers.per_layer_gate");
  EXPECT_EQ(layer(1, [](Layer& l) { l.per_layer_gate.reset(); }), "layers.per_layer_gate");
  EXPECT_EQ(blamed([](Tables& t) { t.per_layer_projection.reset(); }), "per_layer_embedding");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->per_layer_dim = 16; }), "per_layer_embedding");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->per_layer_dim = 41; }), "per_layer_dim");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->per_layer_dim = 0; }), "per_layer_embedding");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->per_layer_scale = 0; }), "per_layer_scale");
  EXPECT_EQ(blamed([](Tables& t) { t.architecture->per_layer_epsilon = -1; }), "per_layer_scale");
}

TEST_F(PerLayer, OnlyTablesAreStoredByRows) {
  using test_schema::MatrixFormat;
  EXPECT_EQ(blamed([](Tables& t) { t.per_layer_embedding->format = MatrixFormat::int8; }),
            "per_layer_embedding");
  EXPECT_EQ(blamed([](Tables& t) { t.embedding->format = MatrixFormat::int8_rows; }), "embedding");
  EXPECT_EQ(layer(0, [](Layer& l) { l.wq->format = MatrixFormat::int8_rows; }), "layers.wq");
  EXPECT_EQ(blamed([](Tables& t) { t.per_layer_embedding->format = MatrixFormat::int4_rows; }),
            "per_layer_embedding");
}

class TablesByRows : public testing::TestWithParam<convert::WriteOptions> {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = architecture_with_heads(4, 2, 24)};
    add_differences(recipe);
    return recipe;
  }
  AlignedBytes image = write_image(recipe(), GetParam());

  [[nodiscard]] PackedMatrix table() const {
    return per_layer_embedding(*Model::open(image.span()));
  }
  /// The status after a change of the table's bytes, with checksums that fit.
  template <typename Change>
  Status changed(Change change) {
    const auto start = static_cast<std::size_t>(preamble_of(image.span()).segment_offset);
    AlignedBytes sums = with_tables(image, [&](Tables& tables) {
      test_schema::MatrixT& m = *tables.per_layer_embedding;
      std::byte* codes = image.data() + start + m.codes_offset;
      std::byte* scales = image.data() + start + m.scales_offset;
      change(reinterpret_cast<std::uint8_t*>(codes), reinterpret_cast<std::uint16_t*>(scales));
      m.codes_crc32c = crc32c({codes, static_cast<std::size_t>(m.codes_size)});
      m.scales_crc32c = crc32c({scales, static_cast<std::size_t>(m.scales_size)});
    });
    std::memcpy(sums.data() + preamble_of(sums.span()).segment_offset, image.data() + start,
                image.size() - start);
    const auto model = Model::open(sums.span());
    EXPECT_TRUE(model.ok()) << line(model.status());
    return model->verify_data();
  }
};

// 40 columns: the second group has 8.
TEST_P(TablesByRows, HaveTheNumbersOfPanels) {
  const convert::SourceModel source = make_source(recipe());
  const PackedMatrix matrix = table();
  ASSERT_EQ(matrix.columns, 40U);
  std::vector<float> expected(matrix.columns);
  std::vector<float> found(matrix.columns);
  for (std::uint32_t row = 0; row < matrix.rows; ++row) {
    source.per_layer_embedding->read_row(row, expected);
    read_table(matrix, row, 0, matrix.columns, found.data());
    for (std::size_t i = 0; i < found.size(); ++i) {
      // Numbers are at most 1; a step of INT4 is an eighth of the largest.
      EXPECT_NEAR(found[i], expected[i], matrix.format == MatrixFormat::int4_rows ? 0.13 : 0.005);
      float one = 0;
      read_table(matrix, row, i, 1, &one);
      EXPECT_EQ(one, found[i]);
    }
  }
}

TEST_P(TablesByRows, AreVerified) {
  EXPECT_TRUE(changed([](std::uint8_t*, std::uint16_t*) {}).ok());
  const Status scale = changed([](std::uint8_t*, std::uint16_t* scales) { scales[5] = 0x7C00; });
  EXPECT_STREQ(scale.where(), "per_layer_embedding");
  const Status padding = changed([](std::uint8_t* codes, std::uint16_t* scales) {
    scales[5] = 0x3C00;
    codes[GetParam().weights == MatrixFormat::int4 ? 31 : 63] = 0x35;
  });
  EXPECT_STREQ(padding.where(), "per_layer_embedding");
  EXPECT_EQ(padding.code(), ErrorCode::invalid_model);
}

INSTANTIATE_TEST_SUITE_P(Formats, TablesByRows, testing::Values(all_int8, all_int4),
                         [](const testing::TestParamInfo<convert::WriteOptions>& instance) {
                           return std::string(name_of(instance.param.weights));
                         });

}  // namespace
}  // namespace ringlet::test
