// The Hadamard transform changes what the cache stores and not what the model computes.
#include "cache_fit/fold_hadamard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct Shape {
  std::uint32_t heads, kv_heads, head_dim;
};
constexpr Shape shapes[] = {{4, 2, 16}, {6, 2, 24}, {2, 1, 80}};

std::vector<float> logits(const convert::SourceModel& source, KvFormat kv) {
  const LoadedModel file(write_image(source, all_f32));
  LiveSession live(file.model, {.context = 60, .sinks = 4, .kv = kv, .hot_window = 16});
  return prefill_in_pieces(live.session, random_tokens(100, 48, 5), 100);
}

float worst_difference(const std::vector<float>& a, const std::vector<float>& b) {
  float worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::fabs(a[i] - b.at(i)));
  return worst;
}

TEST(FoldHadamard, LeavesTheModelAsItWas) {
  for (const auto& [heads, kv_heads, head_dim] : shapes) {
    const Recipe recipe{.architecture = architecture_with_heads(heads, kv_heads, head_dim)};
    const convert::SourceModel plain = make_source(recipe);
    convert::SourceModel turned = make_source(recipe);
    for (convert::SourceLayer& layer : turned.layers)
      convert::fold_hadamard(layer, turned.architecture.head_dim);
    std::vector<float> before(plain.layers[0].wv.columns);
    std::vector<float> after(before.size());
    plain.layers[0].wv.read_row(3, before);
    turned.layers[0].wv.read_row(3, after);
    EXPECT_GT(worst_difference(before, after), 1e-3F) << "nothing was transformed";
    EXPECT_LT(worst_difference(logits(plain, KvFormat::f32), logits(turned, KvFormat::f32)), 1e-4F)
        << head_dim;
  }
}

TEST(FoldHadamard, RowsMayBeReadInAnyOrder) {
  const Recipe recipe{.architecture = architecture_with_heads(4, 2, 16)};
  convert::SourceModel forwards = make_source(recipe);
  convert::SourceModel backwards = make_source(recipe);
  for (convert::SourceLayer& layer : forwards.layers)
    convert::fold_hadamard(layer, forwards.architecture.head_dim);
  for (convert::SourceLayer& layer : backwards.layers)
    convert::fold_hadamard(layer, backwards.architecture.head_dim);
  const convert::SourceMatrix& matrix = forwards.layers[1].wv;
  std::vector<std::vector<float>> rows(matrix.rows, std::vector<float>(matrix.columns));
  for (std::uint32_t row = 0; row < matrix.rows; ++row) matrix.read_row(row, rows[row]);
  std::vector<float> again(matrix.columns);
  for (std::uint32_t row = matrix.rows; row-- > 0;) {
    backwards.layers[1].wv.read_row(row, again);
    EXPECT_TRUE(same_bits(again, rows[row])) << row;
  }
}

TEST(TurnKeys, ChangeAnIntegerCacheByItsRoundingAndAFloatOneNotAtAll) {
  for (const auto& [heads, kv_heads, head_dim] : shapes) {
    Recipe recipe{.architecture = architecture_with_heads(heads, kv_heads, head_dim)};
    const convert::SourceModel plain = make_source(recipe);
    recipe.hadamard_keys = true;
    const convert::SourceModel turned = make_source(recipe);
    EXPECT_TRUE(same_bits(logits(plain, KvFormat::f16), logits(turned, KvFormat::f16)));
    const std::vector<float> exact = logits(plain, KvFormat::f32);
    const std::vector<float> rounded = logits(turned, KvFormat::int8);
    EXPECT_FALSE(same_bits(rounded, logits(plain, KvFormat::int8)));
    float largest = 0;
    for (const float logit : exact) largest = std::max(largest, std::fabs(logit));
    EXPECT_LT(worst_difference(rounded, exact), 0.04F * largest) << head_dim;
  }
}

}  // namespace
}  // namespace ringlet::test
