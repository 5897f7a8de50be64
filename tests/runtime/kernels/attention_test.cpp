// Scores and weighted values of every set against double arithmetic, for every cache format and
// head size.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/cache_page.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/page_sample.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t head_dims[] = {8, 16, 24, 32, 48, 64, 80, 96, 128, 256};
constexpr std::size_t head_counts[] = {1, 2, 3, 7};
constexpr double ulp = 0x1p-24;

struct IntegerCase {
  KvFormat format;
  std::uint32_t head_dim;
  std::size_t heads;
};
std::vector<IntegerCase> integer_cases() {
  std::vector<IntegerCase> all;
  for (const KvFormat format : {KvFormat::int8, KvFormat::int4}) {
    for (const std::uint32_t d : head_dims) {
      for (const std::size_t heads : head_counts) all.push_back({format, d, heads});
    }
  }
  return all;
}

class AttentionKernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  [[nodiscard]] const KernelSet& set() const { return *GetParam(); }
};

/// Queries of several heads, quantized by the set under test.
struct Queries {
  Queries(const KernelSet& set, std::size_t heads, std::uint32_t d)
      : stride(page::query_stride(d)), codes(heads * stride, 0), scales(heads) {
    for (std::size_t h = 0; h < heads; ++h) {
      set.quantize_query(plain_floats(d, d + h).data(), d, 0.1F, &codes[h * stride], &scales[h]);
    }
  }
  std::size_t stride;
  std::vector<std::int8_t> codes;
  std::vector<float> scales;
};

// INT8 is the exact dot product times the scales; INT4 adds a rounding for each group of 32.
TEST_P(AttentionKernels, IntegerScoresAreDotsTimesTheScales) {
  for (const auto& [format, d, heads] : integer_cases()) {
    const PageSample page(format, d, d);
    const Queries queries(set(), heads, d);
    std::vector<float> scores(heads * 64, -7.0F);
    const auto score = format == KvFormat::int8 ? set().score_int8 : set().score_int4;
    score(page.view(), queries.codes.data(), queries.scales.data(), heads, d, scores.data(), 64);
    for (std::size_t h = 0; h < heads; ++h) {
      const double scale = static_cast<double>(queries.scales[h]);
      for (std::uint32_t j = 0; j < 32; ++j) {
        double sum = 0;
        double size = 0;
        for (std::uint32_t i = 0; i < d; ++i) {
          const double product = queries.codes[h * queries.stride + i] * page.key(j, i);
          sum += product;
          size += std::fabs(product);
        }
        const double bound = format == KvFormat::int8 ? 3 * ulp * std::fabs(sum * scale)
                                                      : (d / 32 + 3) * ulp * size * scale;
        ASSERT_NEAR(scores[h * 64 + j], sum * scale, bound) << name_of(format) << d << " " << j;
        ASSERT_EQ(scores[h * 64 + 32 + j], -7.0F) << "wrote past the page";
      }
    }
  }
}

TEST_P(AttentionKernels, FloatScoresAreDots) {
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16}) {
    for (const std::uint32_t d : head_dims) {
      const PageSample page(format, d, d);
      const std::vector<float> queries = plain_floats(2 * d, 3);
      std::vector<float> scores(2 * 32);
      set().score_float(page.view(), format, queries.data(), 0.3F, 2, d, 32, scores.data(), 32);
      for (std::size_t h = 0; h < 2; ++h) {
        for (std::uint32_t j = 0; j < 32; ++j) {
          double sum = 0;
          double magnitudes = 0;
          for (std::uint32_t i = 0; i < d; ++i) {
            const double product = queries[h * d + i] * page.key(j, i);
            sum += product * static_cast<double>(0.3F);
            magnitudes += std::fabs(product);
          }
          ASSERT_NEAR(scores[h * 32 + j], sum, (d / 16.0 + 7) * ulp * magnitudes) << d << " " << j;
        }
      }
    }
  }
}

// Each weight is off by at most half of largest/16256, where INT4 has a largest for each 32
// dimensions.
TEST_P(AttentionKernels, IntegerValuesAddToFifteenBits) {
  for (const auto& [format, d, heads] : integer_cases()) {
    const PageSample page(format, d, d + 1);
    std::vector<float> weights(heads * 40);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::fabs(plain_floats(1, i)[0]);
    const std::vector<float> before = plain_floats(heads * d, 2);
    std::vector<float> out = before;
    const auto accumulate =
        format == KvFormat::int8 ? set().accumulate_int8 : set().accumulate_int4;
    accumulate(page.view(), weights.data(), 40, heads, d, out.data());
    for (std::size_t h = 0; h < heads; ++h) {
      for (std::uint32_t i = 0; i < d; ++i) {
        double largest = 0;
        double expected = before[h * d + i];
        double codes = 0;
        for (std::uint32_t j = 0; j < 32; ++j) {
          const double weight = static_cast<double>(weights[h * 40 + j]);
          const double scale = page.value_scale(j, format == KvFormat::int8 ? 0 : i);
          largest = std::max(largest, std::fabs(weight * scale));
          expected += weight * page.value(j, i);
          codes += std::fabs(page.value(j, i) / scale);
        }
        const double bound =
            0.51 * largest / 16256 * codes + 8 * ulp * (std::fabs(expected) + largest * 127);
        ASSERT_NEAR(out[h * d + i], expected, bound) << name_of(format) << d << " " << i;
      }
    }
  }
}

TEST_P(AttentionKernels, FloatValuesAddOnlyTheRange) {
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16}) {
    for (const std::uint32_t d : head_dims) {
      const PageSample page(format, d, d + 2);
      const std::vector<float> weights = plain_floats(2 * 32, 5);
      std::vector<float> out(2 * d, 0.5F);
      set().accumulate_float(page.view(), format, weights.data(), 32, 3, 30, 2, d, out.data());
      for (std::size_t h = 0; h < 2; ++h) {
        for (std::uint32_t i = 0; i < d; ++i) {
          float expected = 0.5F;
          for (std::uint32_t j = 3; j < 30; ++j) {
            expected =
                std::fma(weights[h * 32 + j], static_cast<float>(page.value(j, i)), expected);
          }
          ASSERT_EQ(out[h * d + i], expected) << d << " " << i;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, AttentionKernels, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test
