// Quantization with known inputs: the factor of error compensation is correct, compensation and
// scaling reduce the error of outputs, and a scaled model computes the same.
#include "quantize/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "numerics/half.hpp"
#include "quantize/compensation.hpp"
#include "quantize/input_scaling.hpp"
#include "support/random.hpp"
#include "support/sessions.hpp"

namespace ringlet::convert {
namespace {

using test::mix;
using test::Random;

/// Vectors whose elements depend on each other, some of them large.
std::vector<std::vector<double>> correlated(std::size_t n, std::size_t count) {
  Random random(n);
  std::vector<std::vector<double>> vectors;
  for (std::size_t v = 0; v < count; ++v) {
    std::vector<double> x(n);
    double common = static_cast<double>(random.symmetric());
    for (std::size_t i = 0; i < n; ++i) {
      common = 0.8 * common + static_cast<double>(random.symmetric());
      x[i] = common * (i % 17 == 3 ? 8 : 1);
    }
    vectors.push_back(std::move(x));
  }
  return vectors;
}

std::vector<double> gram_of(const std::vector<std::vector<double>>& vectors, std::size_t n) {
  std::vector<double> gram(n * n);
  for (const auto& x : vectors) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) gram[i * n + k] += x[i] * x[k];
    }
  }
  return gram;
}

std::vector<double> triangle_of(const std::vector<double>& gram, std::size_t n) {
  std::vector<double> triangle;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k <= i; ++k) triangle.push_back(gram[i * n + k]);
  }
  return triangle;
}

TEST(ColumnBlocks, CoverAllColumnsInWholeGroups) {
  for (const std::size_t n : {1U, 33U, 4096U, 4097U, 5632U, 8192U, 14336U, 28673U}) {
    const ColumnBlocks blocks(n);
    std::size_t columns = 0;
    std::size_t pairs = 0;
    for (std::size_t b = 0; b < blocks.count(); ++b) {
      EXPECT_EQ(blocks.begin(b), columns);
      EXPECT_EQ(blocks.triangle(b), pairs);
      EXPECT_EQ(columns % packed::group_size, 0U);
      EXPECT_EQ(blocks.block_of(columns), b);
      EXPECT_LE(blocks.columns(b), 4096U);
      columns += blocks.columns(b);
      pairs += triangle_index(blocks.columns(b), 0);
      EXPECT_EQ(blocks.block_of(columns - 1), b);
    }
    EXPECT_EQ(columns, n);
    EXPECT_EQ(blocks.triangles(), pairs);
  }
}

/// Blocks are independent: each gives the same result as alone.
TEST(Compensation, OfSeveralBlocksIsThatOfEach) {
  constexpr std::size_t n = 4100;  // blocks of 2,080 and 2,020
  const ColumnBlocks blocks(n);
  ASSERT_EQ(blocks.count(), 2U);
  std::vector<float> factors(blocks.triangles(), 0.0F);
  Random random(5);
  std::vector<float> row(packed::padded_columns(n), 0.0F);
  for (std::size_t k = 0; k < n; ++k) row[k] = random.symmetric();
  const std::vector<float> importance(row.size(), 1.0F);
  std::vector<QuantizedGroup> alone;
  for (std::size_t b = 0; b < 2; ++b) {
    // A unit factor with one band beside the diagonal: each error goes to the next weight.
    const std::size_t columns = blocks.columns(b);
    std::size_t at = blocks.triangle(b);
    for (std::size_t i = 0; i < columns; at += columns - i, ++i) {
      factors[at] = 1;
      if (i + 1 < columns) factors[at + 1] = 0.5F;
    }
    std::vector<float> part(row.begin() + static_cast<std::ptrdiff_t>(blocks.begin(b)),
                            row.begin() + static_cast<std::ptrdiff_t>(blocks.begin(b) + columns));
    part.resize(packed::padded_columns(columns), 0.0F);
    const auto groups = quantize_compensated(
        part, importance, std::span(factors).subspan(blocks.triangle(b)), columns);
    alone.insert(alone.end(), groups.begin(), groups.end());
  }
  const auto together = quantize_compensated(row, importance, factors, n);
  ASSERT_EQ(together.size(), alone.size());
  for (std::size_t g = 0; g < alone.size(); ++g) {
    EXPECT_EQ(together[g].codes, alone[g].codes) << g;
    EXPECT_EQ(together[g].scale, alone[g].scale) << g;
  }
}

TEST(Compensation, FactorIsTheRootOfTheInverse) {
  constexpr std::size_t n = 40;
  const std::vector<double> gram = gram_of(correlated(n, 100), n);
  const std::vector<float> rows = compensation_factor(triangle_of(gram, n), n);
  std::vector<float> u(n * n, 0.0F);
  for (std::size_t i = 0, at = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) u[i * n + j] = rows[at++];
  }
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += gram[i * n + i];
  // (gram + damping) · Uᵀ · U = 1.
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) {
        double inverse = 0;
        for (std::size_t m = 0; m < n; ++m) inverse += double{u[m * n + k]} * u[m * n + j];
        sum += (gram[i * n + k] + (i == k ? 0.01 * trace / n : 0)) * inverse;
      }
      EXPECT_NEAR(sum, i == j ? 1 : 0, 1e-3);
    }
  }
}

double output_error(const std::vector<float>& row, const std::vector<QuantizedGroup>& groups,
                    const std::vector<std::vector<double>>& inputs) {
  double squares = 0;
  for (const auto& x : inputs) {
    double difference = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const QuantizedGroup& group = groups[k / 32];
      difference +=
          x[k] * (double{row[k]} - double{half_to_float(group.scale)} * group.codes[k % 32]);
    }
    squares += difference * difference;
  }
  return squares;
}

TEST(Compensation, LowersTheErrorOfOutputs) {
  constexpr std::size_t n = 90;  // the last group is not whole
  constexpr std::size_t padded = 96;
  const auto inputs = correlated(n, 200);
  const std::vector<float> factor = compensation_factor(triangle_of(gram_of(inputs, n), n), n);
  const std::vector<float> importance(padded, 1.0F);
  double plain = 0;
  double compensated = 0;
  for (std::uint64_t r = 0; r < 20; ++r) {
    std::vector<float> row(padded, 0.0F);
    Random random(mix(7, r));
    for (std::size_t k = 0; k < n; ++k) row[k] = random.symmetric();
    std::vector<QuantizedGroup> groups;
    for (std::size_t first = 0; first < padded; first += 32) {
      groups.push_back(quantize_int4(GroupWeights(row.data() + first, 32)));
    }
    plain += output_error(row, groups, inputs);
    std::vector<float> changed = row;
    const auto better = quantize_compensated(changed, importance, factor, n);
    ASSERT_EQ(better.size(), 3U);
    for (std::size_t k = n; k < padded; ++k) EXPECT_EQ(better[2].codes[k - 64], 0);
    compensated += output_error(row, better, inputs);
  }
  EXPECT_LT(compensated, 0.6 * plain);
}

TEST(WeightedSearch, FavoursWhatIsImportant) {
  double plain = 0;
  double weighted = 0;
  for (std::uint64_t r = 0; r < 50; ++r) {
    std::array<float, 32> weights{};
    std::array<float, 32> importance{};
    Random random(mix(3, r));
    for (float& weight : weights) weight = random.symmetric();
    for (float& value : importance) value = random.below(8) == 0 ? 20.0F : 0.5F;
    const QuantizedGroup even = quantize_int4(weights);
    for (std::size_t i = 0; i < 32; ++i) {
      const double error = double{weights[i]} - double{half_to_float(even.scale)} * even.codes[i];
      plain += importance[i] * error * error;
    }
    weighted += quantize_int4(weights, importance).weighted_error;
  }
  EXPECT_LT(weighted, 0.9 * plain);
}

class CalibratedModel : public testing::Test {
 protected:
  test::Recipe recipe{.architecture = test::architecture_with_heads(4, 2, 24)};
  SourceModel source = test::make_source(recipe);
  std::vector<TokenId> tokens = test::random_tokens(300, 48, 5);
};

// Scaling is folded into norms and w_up: without quantization nothing changes but rounding.
TEST_F(CalibratedModel, ScalingKeepsTheModel) {
  const test::LoadedModel before(test::write_image(source, test::all_f32));
  const auto calibration = std::make_shared<Calibration>(before.model, tokens);
  use_calibration(source, calibration, {.scale = true, .compensate = false});
  const test::LoadedModel after(test::write_image(source, test::all_f32));
  test::LiveSession a(before.model, {.context = 60, .sinks = 0, .kv = KvFormat::f32});
  test::LiveSession b(after.model, {.context = 60, .sinks = 0, .kv = KvFormat::f32});
  for (const TokenId token : std::span(tokens).first(50)) {
    ASSERT_TRUE(a.session.step(token).ok() && b.session.step(token).ok());
    for (std::size_t v = 0; v < 48; ++v) {
      ASSERT_NEAR(a.session.logits()[v], b.session.logits()[v], 2e-4);
    }
  }
}

// The difference of logits from the unquantized model's, over tokens that were not calibrated on.
double logit_error(const Model& exact, const Model& quantized) {
  test::LiveSession a(exact, {.context = 60, .sinks = 0, .kv = KvFormat::f32});
  test::LiveSession b(quantized, {.context = 60, .sinks = 0, .kv = KvFormat::f32});
  double squares = 0;
  for (const TokenId token : test::random_tokens(60, 48, 99)) {
    EXPECT_TRUE(a.session.step(token).ok() && b.session.step(token).ok());
    for (std::size_t v = 0; v < 48; ++v) {
      const double error = double{a.session.logits()[v]} - double{b.session.logits()[v]};
      squares += error * error;
    }
  }
  return squares;
}

TEST_F(CalibratedModel, IsNearerToTheUnquantizedOne) {
  const test::LoadedModel exact(test::write_image(source, test::all_f32));
  const convert::WriteOptions int4{MatrixFormat::int4, MatrixFormat::f32, MatrixFormat::f32};
  const test::LoadedModel plain(test::write_image(source, int4));
  const auto calibration = std::make_shared<Calibration>(exact.model, tokens);
  use_calibration(source, calibration, {});
  const test::LoadedModel calibrated(test::write_image(source, int4));
  EXPECT_LT(logit_error(exact.model, calibrated.model),
            0.9 * logit_error(exact.model, plain.model));
}

}  // namespace
}  // namespace ringlet::convert
