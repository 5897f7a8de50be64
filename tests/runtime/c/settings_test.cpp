// The C interface passes on the settings that few programs use: formats of keys and values, and
// what a text may mean.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "ringlet/ringlet.h"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

class CSettings : public testing::Test {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.vocab_size = tokenizer_pieces;
    recipe.tokenizer = true;
    return recipe;
  }

  CSettings() {
    EXPECT_EQ(ringlet_model_open(&c_model, loaded.bytes.data(), loaded.bytes.size()).code,
              RINGLET_OK);
  }

  LoadedModel loaded{recipe(), all_int8};
  ringlet_model c_model{};
};

TEST_F(CSettings, FormatsOfKeysAndValues) {
  for (const KvFormat keys : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
    for (const KvFormat values : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
      Config config;
      config.kv = KvFormats(keys, values);
      ringlet_config c_config = ringlet_config_default();
      c_config.kv = {static_cast<ringlet_kv_format>(keys), static_cast<ringlet_kv_format>(values)};
      ringlet_plan c_plan;
      ASSERT_EQ(ringlet_plan_create(&c_model, &c_config, &c_plan).code, RINGLET_OK);
      const Result<MemoryPlan> expected = plan(loaded.model, config);
      EXPECT_EQ(c_plan.total, expected->total());
      EXPECT_EQ(ringlet_plan_find(&c_plan, RINGLET_SECTION_HOT_VALUES)->bytes,
                expected->find(SectionId::hot_values)->bytes);
    }
  }
  ringlet_config half = ringlet_config_default();
  half.kv = {RINGLET_KV_RECOMMENDED, RINGLET_KV_INT8};
  ringlet_plan c_plan;
  EXPECT_STREQ(ringlet_plan_create(&c_model, &half, &c_plan).where, "kv");
  EXPECT_EQ(ringlet_plan_longest_context(&c_model, &half, 1U << 30), 0U);
}

TEST_F(CSettings, ControlTokensInATextAndPartsThatAreLiteral) {
  ringlet_tokenizer c_tokenizer;
  ASSERT_EQ(ringlet_tokenizer_open(&c_tokenizer, &c_model).code, RINGLET_OK);
  const std::string text = "</s>a</s>";
  std::vector<std::uint64_t> workspace(Tokenizer::workspace_bytes(32) / 8);
  const auto encode = [&](const ringlet_control_tokens* control_tokens) {
    std::vector<TokenId> tokens(32);
    ringlet_encoded encoded{};
    EXPECT_EQ(ringlet_tokenizer_encode(&c_tokenizer, text.data(), text.size(), true,
                                       {workspace.data(), workspace.size() * 8}, tokens.data(),
                                       tokens.size(), control_tokens, &encoded)
                  .code,
              RINGLET_OK);
    EXPECT_EQ(encoded.bytes, text.size());
    tokens.resize(encoded.tokens);
    return tokens;
  };
  const auto ends = [](const std::vector<TokenId>& tokens) {
    return std::count(tokens.begin(), tokens.end(), 2U);
  };
  EXPECT_EQ(ends(encode(nullptr)), 0);
  const ringlet_control_tokens all{.literal = {}, .enabled = true, .literal_is_plain = false};
  EXPECT_EQ(ends(encode(&all)), 2);
  const ringlet_control_tokens first{
      .literal = {text.data() + 4, 5}, .enabled = true, .literal_is_plain = false};
  EXPECT_EQ(ends(encode(&first)), 1);
  EXPECT_EQ(encode(&first).front(), 2U);
  const ringlet_control_tokens none{.literal = {}, .enabled = false, .literal_is_plain = false};
  EXPECT_EQ(encode(&none), encode(nullptr));
}

}  // namespace
}  // namespace ringlet::test
