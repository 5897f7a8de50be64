// Layers with the local rotary table compute, bit for bit, the same as a model with only that
// table, also if keys are stored without a bias, which the same table rotates.
#include <gtest/gtest.h>

#include <vector>

#include "editable_generated.h"
#include "schema/ringlet_generated.h"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using test_schema::ModelT;
using test_schema::Rotary;

class LocalRotary : public testing::TestWithParam<float> {
 protected:
  /// Two layers with windows, of which the first sees the local table where there is one.
  std::uint64_t digest_of(double theta, double local_theta, Rotary first, Rotary second,
                          KvFormat kv) {
    const AlignedBytes local = image_with(local_theta);
    const Model other = *Model::open(local.span());
    const auto* steps = other.tables()->architecture()->rotary_frequencies();
    const LoadedModel loaded(with_tables(image_with(theta), [&](ModelT& t) {
      t.architecture->rotary_frequencies_local.assign(steps->begin(), steps->end());
      t.layers[0]->rotary = first;
      t.layers[1]->rotary = second;
    }));
    const Config config{.context = 40, .sinks = 4, .kv = kv, .prefill_chunk = 7};
    LiveSession live(loaded.model, config);
    return digest_of_steps(live.session, random_tokens(150, 48, 9));
  }

 private:
  static AlignedBytes image_with(double theta) {
    Recipe recipe{.architecture = small_architecture(), .rope_theta = theta, .windows = {20, 33}};
    recipe.key_bias = GetParam();
    return write_image(recipe, all_int8);
  }
};

TEST_P(LocalRotary, IsThatOfAModelWithThatTableAlone) {
  for (const KvFormat kv : {KvFormat::f32, KvFormat::int8, KvFormat::int4}) {
    const auto local = [&](double theta, double local_theta) {
      return digest_of(theta, local_theta, Rotary::local, Rotary::local, kv);
    };
    const std::uint64_t expected = digest_of(100, 100, Rotary::global, Rotary::global, kv);
    EXPECT_EQ(local(10000, 100), expected);
    EXPECT_EQ(local(3, 100), expected) << "the other table is not looked at";
    EXPECT_NE(local(100, 10000), expected);
  }
}

TEST_P(LocalRotary, IsChosenByEachLayer) {
  const auto digest = [&](double theta, double local_theta, Rotary first, Rotary second) {
    return digest_of(theta, local_theta, first, second, KvFormat::int8);
  };
  const std::uint64_t expected = digest(10000, 100, Rotary::local, Rotary::global);
  EXPECT_EQ(digest(100, 10000, Rotary::global, Rotary::local), expected);
  EXPECT_NE(digest(10000, 100, Rotary::global, Rotary::local), expected);
}

INSTANTIATE_TEST_SUITE_P(KeyBias, LocalRotary, testing::Values(0.0F, 0.5F),
                         [](const testing::TestParamInfo<float>& instance) {
                           return instance.param == 0 ? "without" : "with";
                         });

}  // namespace
}  // namespace ringlet::test
