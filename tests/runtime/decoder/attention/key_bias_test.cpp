// The part of a score that a key bias contributes, against its definition in double arithmetic.
#include "decoder/attention/key_bias.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/cache_page.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/random_model.hpp"

namespace ringlet::test {
namespace {

/// Workspace for two heads of up to 32 dimensions.
struct Memory {
  float offsets[2] = {}, phasors[64] = {}, page_phasors[64] = {}, angles[32] = {},
        page_angles[32] = {};
  std::uint64_t steps[16] = {};
  std::uint16_t pairs[16] = {};
  KeyBiasWorkspace workspace{offsets, phasors, page_phasors, steps, angles, page_angles, pairs, 0};
};

class KeyBias : public testing::TestWithParam<const KernelSet*> {
 protected:
  KeyBias() {
    architecture.rotary_dim = 24;
    architecture.attention_scale = 0.125F;
    for (std::size_t i = 0; i < 12; ++i) {
      steps.push_back(static_cast<std::uint64_t>(
          std::pow(10000.0, -2.0 * static_cast<double>(i) / 24) / (2 * std::numbers::pi) * 0x1p64));
    }
    rotary = {.steps = steps.data(), .pairs = 12};
    bias = plain_floats(32, 5, 3.0F);
    for (const std::size_t i : {2U, 14U, 7U, 19U}) bias[i] = 0;  // two pairs without
    bias[4] = 0;                                                 // half of a pair
  }

  /// Σ over all dimensions of q·b, the rotary ones turned by a distance.
  [[nodiscard]] double expected(std::size_t head, std::uint64_t distance) const {
    const float* q = queries.data() + head * 32;
    double sum = 0;
    for (std::size_t i = 0; i < 12; ++i) {
      const double turns = static_cast<double>(distance * steps[i]) * 0x1p-64;
      const double c = std::cos(turns * 2 * std::numbers::pi);
      const double s = std::sin(turns * 2 * std::numbers::pi);
      const double real = double{q[i]} * bias[i] + double{q[i + 12]} * bias[i + 12];
      const double imaginary = double{q[i]} * bias[i + 12] - double{q[i + 12]} * bias[i];
      sum += real * c + imaginary * s;
    }
    for (std::size_t i = 24; i < 32; ++i) sum += double{q[i]} * bias[i];
    return sum * 0.125;
  }

  Architecture architecture = architecture_with_heads(4, 2, 32);
  std::vector<std::uint64_t> steps;
  KeyBiasRotary rotary;
  std::vector<float> bias;
  std::vector<float> queries = plain_floats(64, 6, 3.0F);
};

TEST_P(KeyBias, IsThatOfItsDefinitionAtAnyDistance) {
  std::vector<float> table(key_bias_table_floats(24));
  std::vector<float> cosine(12), sine(12);
  fill_key_bias_table(*GetParam(), steps.data(), 12, cosine.data(), sine.data(), table.data());
  Memory memory;
  begin_key_bias(architecture, *GetParam(), rotary, bias.data(), queries.data(), memory.workspace);
  EXPECT_EQ(memory.workspace.count, 10U);
  for (const std::uint64_t distance : {255ULL, 4000ULL, 1000000007ULL, 1ULL << 62}) {
    for (const std::uint32_t first_page : {0U, 3U}) {
      begin_segment(architecture, *GetParam(), distance, first_page, memory.workspace);
      for (std::uint32_t page = first_page; page < page::segment_pages; ++page) {
        std::vector<float> scores(2 * 40, 0.0F);
        add_key_bias(architecture, *GetParam(), table.data(), scores.data(), 40, memory.workspace);
        for (std::size_t h = 0; h < 2; ++h) {
          for (std::size_t j = 0; j < page::positions; ++j) {
            // Scores are sums of 24 products of up to 9/8; each has a few roundings.
            EXPECT_NEAR(scores[h * 40 + j], expected(h, distance - page * 32 - j), 1e-5)
                << distance << " page " << page << " position " << j;
          }
        }
      }
    }
  }
}

TEST_P(KeyBias, OfNothingAddsNothing) {
  const std::vector<float> none(32, 0.0F);
  std::vector<float> table(key_bias_table_floats(24));
  Memory memory;
  begin_key_bias(architecture, *GetParam(), rotary, none.data(), queries.data(), memory.workspace);
  begin_segment(architecture, *GetParam(), 1234, 2, memory.workspace);
  std::vector<float> scores(2 * 32, 1.5F);
  add_key_bias(architecture, *GetParam(), table.data(), scores.data(), 32, memory.workspace);
  EXPECT_EQ(scores, std::vector<float>(2 * 32, 1.5F));
}

INSTANTIATE_TEST_SUITE_P(Sets, KeyBias, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test
