// The products that a session offers an accelerator, and that the kernels compute those it
// declines.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "kernels/packed_layout.hpp"
#include "model/weights.hpp"
#include "ringlet/memory_plan.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t chunk = 8;

/// Takes the matrices that it is given, and records what it was offered.
struct Stand {
  std::set<const void*> takes;
  std::set<const void*> asked;
  std::vector<std::uint32_t> tokens;
  float value = 0.25F;

  static bool multiply(void* user_data, const Team& team, const MatrixProduct& product) {
    auto& stand = *static_cast<Stand*>(user_data);
    EXPECT_EQ(team.threads, 1U);
    EXPECT_GE(product.x_stride, product.columns);
    EXPECT_GE(product.y_stride, packed::padded_rows(product.rows));
    stand.asked.insert(product.matrix);
    stand.tokens.push_back(product.tokens);
    if (!stand.takes.contains(product.matrix)) return false;
    for (std::uint32_t t = 0; t < product.tokens; ++t) {
      for (std::uint32_t n = 0; n < packed::padded_rows(product.rows); ++n) {
        product.y[std::size_t{t} * product.y_stride + n] = n < product.rows ? stand.value : 0;
      }
    }
    return true;
  }
};

class Accelerated : public testing::Test {
 protected:
  const LoadedModel file{Recipe{.architecture = architecture_with_heads(4, 2, 24)}, all_int8};
  const Config config{.kv = KvFormat::int8, .prefill_chunk = chunk};
  const std::vector<TokenId> tokens = random_tokens(2 * chunk + 1, 48, 5);
  Stand stand;

  std::vector<float> logits(bool accelerated) {
    LiveSession live(file.model, config);
    if (accelerated) {
      EXPECT_TRUE(live.session.set_accelerator({Stand::multiply, &stand}).ok());
    }
    EXPECT_TRUE(live.session.prefill(tokens).ok());
    return logits_of(live.session);
  }
};

TEST_F(Accelerated, WhatIsNotTakenTheKernelsDo) {
  EXPECT_TRUE(same_bits(logits(false), logits(true)));
}

TEST_F(Accelerated, IsAskedForEveryMatrixOfTheLayersAndForSeveralTokensOnly) {
  (void)logits(true);
  std::set<const void*> expected;
  for (std::uint32_t layer = 0; layer < file.model.architecture().layers; ++layer) {
    const LayerWeights w = layer_weights(file.model, layer);
    for (const PackedMatrix& matrix : {w.wq, w.wk, w.wv, w.wo, w.w_gate, w.w_up, w.w_down}) {
      expected.insert(matrix.codes);
    }
  }
  EXPECT_EQ(stand.asked, expected);
  EXPECT_EQ(stand.tokens, std::vector<std::uint32_t>(2 * expected.size(), chunk));
}

TEST_F(Accelerated, WhatIsTakenCounts) {
  stand.takes = {layer_weights(file.model, 0).w_down.codes};
  const std::vector<float> once = logits(true);
  EXPECT_FALSE(same_bits(logits(false), once));
  stand.value = -0.5F;
  EXPECT_FALSE(same_bits(once, logits(true)));
}

TEST_F(Accelerated, SingleTokensKeepTheirBits) {
  stand.takes = {layer_weights(file.model, 0).wq.codes};
  LiveSession plain(file.model, config);
  LiveSession accelerated(file.model, config);
  ASSERT_TRUE(accelerated.session.set_accelerator({Stand::multiply, &stand}).ok());
  EXPECT_EQ(digest_of_steps(plain.session, tokens), digest_of_steps(accelerated.session, tokens));
  EXPECT_TRUE(stand.asked.empty());
}

TEST_F(Accelerated, ItsMemoryIsASectionBehindAllOthers) {
  const MemoryPlan without = *plan(file.model, config);
  EXPECT_EQ(without.find(SectionId::accelerator), nullptr);
  Config with = config;
  with.accelerator_bytes = 1000;
  const MemoryPlan larger = *plan(file.model, with);
  for (const Section& section : without.sections()) {
    EXPECT_EQ(larger.find(section.id)->offset, section.offset) << name_of(section.id);
  }
  EXPECT_EQ(larger.find(SectionId::accelerator)->offset, without.total());
  EXPECT_EQ(larger.total(), without.total() + 1024);
  LiveSession live(file.model, with);
  const std::span<std::byte> memory = live.session.accelerator_memory();
  EXPECT_EQ(memory.size(), 1024U);
  EXPECT_EQ(memory.data() + memory.size(), live.memory.span().data() + larger.total());
  EXPECT_TRUE(LiveSession(file.model, config).session.accelerator_memory().empty());
}

}  // namespace
}  // namespace ringlet::test
