// Models of random weights: the shape as typed, the same weights from the same seed, weights that
// are as normal as promised, and a file that the runtime takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ringlet/model.hpp"
#include "source/random/random_shape.hpp"
#include "source/random/random_source.hpp"
#include "support/aligned.hpp"
#include "support/convert_checkpoint.hpp"
#include "write/segment.hpp"
#include "write/validate.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

constexpr const char* small = "llama:dim=64,layers=3,heads=4,kv_heads=2,ffn=96,vocab=300";

SourceModel model_of(const std::string& text) {
  return make_random_model(parse_random_shape(text));
}

std::vector<float> values_of(const SourceMatrix& matrix) {
  std::vector<float> values(std::size_t{matrix.rows} * matrix.columns);
  for (std::uint32_t row = 0; row < matrix.rows; ++row) {
    matrix.read_row(row,
                    std::span(values).subspan(std::size_t{row} * matrix.columns, matrix.columns));
  }
  return values;
}

std::vector<std::vector<float>> all_matrices(const SourceModel& model) {
  std::vector<std::vector<float>> all;
  SegmentRecord record = plan_segment(model, {});
  visit_tensors(
      model, record,
      [&](const SourceMatrix& m, const TensorRecord&) { all.push_back(values_of(m)); },
      [](const SourceVector&, const PlaneRecord&) {});
  return all;
}

void expect_error(const std::string& text, const std::string& expected) {
  EXPECT_EQ(error_of([&] { parse_random_shape(text); }), expected) << text;
}

TEST(RandomShape, ReadsKeysAndFillsInDefaults) {
  const RandomShape shape = parse_random_shape(small);
  EXPECT_EQ(to_string(shape),
            "llama:dim=64,layers=3,heads=4,kv_heads=2,head_dim=16,ffn=96,vocab=300,context=2048,"
            "tied=0,seed=1");
  EXPECT_EQ(to_string(parse_random_shape(to_string(shape))), to_string(shape));
  EXPECT_EQ(parse_random_shape("llama:dim=64,layers=1,heads=4,ffn=8,vocab=9").kv_heads, 4U);
}

TEST(RandomShape, PresetsHaveTheirModelsSizes) {
  struct Expected {
    const char* name;
    std::uint64_t parameters;  // as the models' own pages give them, without biases
  };
  constexpr std::array<Expected, 4> expected{{{"llama-15m", 15'191'712},
                                              {"llama-135m", 134'515'008},
                                              {"llama-0.5b", 494'005'120},
                                              {"llama-1.1b", 1'100'048'384}}};
  for (const auto& [name, parameters] : expected) {
    const SourceModel model = model_of(name);
    validate_source(model);
    std::uint64_t count = 0;
    SegmentRecord record = plan_segment(model, {});
    visit_tensors(
        model, record,
        [&](const SourceMatrix& m, const TensorRecord&) {
          count += std::uint64_t{m.rows} * m.columns;
        },
        [&](const SourceVector& v, const PlaneRecord&) { count += v.values.size(); });
    EXPECT_EQ(count, parameters) << name;
    EXPECT_NE(describe_random_presets().find(name), std::string::npos);
  }
}

TEST(RandomShape, KeysOfAPresetMayBeGivenAnew) {
  const RandomShape shape = parse_random_shape("llama-135m:layers=2,seed=9");
  EXPECT_EQ(shape.layers, 2U);
  EXPECT_EQ(shape.seed, 9U);
  EXPECT_EQ(shape.dim, 576U);
  EXPECT_EQ(shape.name, "llama-135m");
}

TEST(RandomShape, WhatIsWrongIsNamed) {
  const std::string keys =
      "is not a key of a random model; the keys are dim, layers, heads, kv_heads, head_dim, ffn, "
      "vocab, context, tied, rotary_dim, conv, state_heads, state_key_heads, state_head_dim, "
      "state_key_dim, window, local_head_dim, readers, reader_ffn, layer_inputs, seed, attention";
  expect_error("llama-15m:width=3", "'width' " + keys);
  expect_error("llama-15m:", "'' " + keys);
  expect_error("llama-15m:dim=64,", "'' " + keys);
  expect_error("llama-15m: dim=64", "' dim' " + keys);
  expect_error("llama-15m:Dim=64", "'Dim' " + keys);
  expect_error("llama-15m:dim", "dim has no value; write dim=N");
  expect_error("llama-15m:dim=64,dim=64", "dim is given twice");
  for (const std::string value : {"", "0", "-64", "+64", " 64", "64 ", "0x40", "1e3", "6.4",
                                  "16777217", "99999999999999999999", "64=64"}) {
    expect_error("llama-15m:dim=" + value,
                 "dim: '" + value + "' is not a whole number from 1 to 16777216");
  }
  expect_error("llama-15m:tied=2", "tied: '2' is not a whole number from 0 to 1");
  expect_error("llama-15m:layers=4097", "layers: '4097' is not a whole number from 1 to 4096");
  expect_error("llama", "dim is missing; a random model needs dim=N");
  expect_error("llama:dim=64,layers=1,heads=4,ffn=96",
               "vocab is missing; a random model needs vocab=N");
  expect_error("llama-15m:heads=7", "heads: 7 does not divide dim = 288; give head_dim too");
  expect_error("gpt:dim=64",
               "there is no random model 'gpt'; there are llama, llama-15m, llama-135m, "
               "llama-0.5b, llama-1.1b, lfm2-350m, lfm2-1.2b, "
               "qwen3.5-0.8b, gemma4-e2b");
  expect_error("llama-15m:attention=2",
               "attention needs conv or window: it lists the layers without them");
  expect_error("llama-15m:window=9,attention=6", "attention: there is no layer 6");
  expect_error("llama-15m:window=9,conv=3,attention=2", "window and conv exclude each other");
  expect_error("llama-15m:local_head_dim=32", "local_head_dim needs a window");
  expect_error("llama-15m:readers=6", "readers: 6 of 6 layers cannot read the caches of others");
  expect_error("llama-15m:reader_ffn=96", "reader_ffn needs readers");
  expect_error("llama-15m:layer_inputs=289", "layer_inputs: must be at most dim = 288");
}

TEST(RandomModel, HeadsThatCannotShareAreRefusedAsForEverySource) {
  const SourceModel model = model_of("llama-15m:heads=6,kv_heads=4");
  EXPECT_EQ(error_of([&] { write_model_to_memory(model, {}); }),
            "the model has 6 heads, which 4 key/value heads cannot share evenly");
}

TEST(RandomModel, SameSeedSameWeightsAnotherSeedOthers) {
  const auto first = all_matrices(model_of(small));
  EXPECT_EQ(first, all_matrices(model_of(small)));
  const auto other = all_matrices(model_of(std::string(small).append(",seed=2")));
  ASSERT_EQ(first.size(), other.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NE(first[i], other[i]) << i;
}

TEST(RandomModel, LayersCanDiffer) {
  const SourceModel model = model_of(
      std::string(small).append(",head_dim=32,window=9,local_head_dim=16,readers=1,reader_ffn=192,"
                                "layer_inputs=8,attention=1"));
  ASSERT_EQ(model.layers.size(), 3U);
  EXPECT_EQ(model.layers[0].wk.rows, 32U);
  EXPECT_EQ(model.layers[0].window, 9U);
  EXPECT_EQ(model.layers[1].wk.rows, 64U);
  EXPECT_EQ(model.layers[1].window, 0U);
  EXPECT_EQ(model.layers[2].wk.rows, 0U);
  EXPECT_EQ(model.layers[2].cache_of, 0U);
  EXPECT_EQ(model.layers[2].w_up.rows, 192U);
  EXPECT_EQ(model.per_layer_embedding->columns, 24U);
  const test::AlignedBytes bytes(write_model_to_memory(model, {}));
  EXPECT_TRUE(Model::open(bytes.span()).ok());
  EXPECT_EQ(model_of(std::string(small).append(",conv=3")).layers[1].mixer,
            Mixer::short_convolution);
}

/// No two tensors, and no two rows, begin with the same numbers.
TEST(RandomModel, TensorsAndRowsDiffer) {
  std::vector<std::array<float, 4>> beginnings;
  SourceModel model = model_of(small);
  SegmentRecord record = plan_segment(model, {});
  visit_tensors(
      model, record,
      [&](const SourceMatrix& m, const TensorRecord&) {
        std::vector<float> row(m.columns);
        // Columns of 96 have another scale, which must not be what tells two tensors apart.
        const float scale = std::sqrt(static_cast<float>(m.columns));
        for (std::uint32_t i = 0; i < m.rows; ++i) {
          m.read_row(i, row);
          auto& beginning = beginnings.emplace_back();
          for (std::size_t k = 0; k < 4; ++k) beginning[k] = std::round(row[k] * scale * 1e4F);
        }
      },
      [](const SourceVector&, const PlaneRecord&) {});
  std::sort(beginnings.begin(), beginnings.end());
  EXPECT_EQ(std::adjacent_find(beginnings.begin(), beginnings.end()), beginnings.end());
}

/// The bits are the same on every machine. The first weight of seed 1 by hand: the eight halves of
/// Philox's block for counter 0 under key {1, 0}, less their mean, over their deviation and √64.
TEST(RandomModel, AWeightIsWhatItsFormulaSays) {
  const SourceMatrix embedding = model_of(small).embedding;
  std::vector<float> row(64);
  embedding.read_row(0, row);
  EXPECT_EQ(row[0], -0x1.5e46ecp-8F);
}

TEST(RandomModel, WeightsAreNearlyNormal) {
  const SourceMatrix matrix = model_of("llama-15m:dim=512,heads=8,kv_heads=8,vocab=2000").embedding;
  const std::vector<float> weights = values_of(matrix);
  const auto count = static_cast<double>(weights.size());
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  double within_one = 0;
  for (const float weight : weights) {
    const double z = weight * std::sqrt(512.0);
    sum += z;
    squares += z * z;
    fourths += z * z * z * z;
    if (std::abs(z) < 1) ++within_one;
  }
  // A million weights: bounds of six standard errors.
  EXPECT_NEAR(sum / count, 0, 6e-3);
  EXPECT_NEAR(squares / count, 1, 8.5e-3);
  EXPECT_NEAR(fourths / count, 3 - 0.15, 0.03);  // eight uniform numbers: excess −1.2/8
  EXPECT_NEAR(within_one / count, 0.6827, 0.01);
}

TEST(RandomModel, FileIsTakenByTheRuntime) {
  for (const char* tied : {",tied=0", ",tied=1"}) {
    SourceModel source = model_of(std::string(small) + tied);
    source.tokenizer = make_byte_tokenizer(300);
    const test::AlignedBytes bytes(write_model_to_memory(source, {}));
    const Result<Model> model = Model::open(bytes.span());
    ASSERT_TRUE(model.ok());
    EXPECT_TRUE(model->verify_data().ok());
    EXPECT_EQ(model->architecture().vocab_size, 300U);
  }
}

TEST(RandomModel, TokenizerNeedsRoomForTheBytes) {
  const SourceTokenizer least = make_byte_tokenizer(259);
  EXPECT_EQ(least.pieces.size(), 259U);
  EXPECT_EQ(least.pieces.back().text, "<0xFF>");
  EXPECT_EQ(make_byte_tokenizer(261).pieces.back().text, " 260");
  EXPECT_EQ(error_of([] { make_byte_tokenizer(258); }),
            "vocab: 258 is less than the 259 pieces of a tokenizer of bytes; give more, or "
            "--no-tokenizer");
}

}  // namespace
}  // namespace ringlet::convert
