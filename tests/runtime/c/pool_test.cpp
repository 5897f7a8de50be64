// Speculation and pools through the C interface give what they give through the C++ one.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ringlet/lookup.hpp"
#include "ringlet/pool.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/speculation.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

class CSessions : public testing::Test {
 protected:
  CSessions() {
    EXPECT_EQ(ringlet_model_open(&c_model, loaded.bytes.data(), loaded.bytes.size()).code,
              RINGLET_OK);
  }

  LoadedModel loaded{Recipe{.architecture = small_architecture()}, all_int8};
  ringlet_model c_model{};
};

bool take(void* text, ringlet_token token) {
  static_cast<Tokens*>(text)->push_back(token);
  return static_cast<Tokens*>(text)->size() < 200;
}

TEST_F(CSessions, SpeculateWithALookup) {
  ringlet_config config = ringlet_config_default();
  config.draft_tokens = 7;
  config.lookup_window = 128;
  ringlet_plan plan;
  ASSERT_EQ(ringlet_plan_create(&c_model, &config, &plan).code, RINGLET_OK);
  AlignedBytes memory(static_cast<std::size_t>(plan.total));
  ringlet_session session;
  ASSERT_EQ(ringlet_session_create(&session, &c_model, &config, memory.data(), memory.size(),
                                   ringlet_kernels_scalar(), nullptr)
                .code,
            RINGLET_OK);
  ringlet_sampler_options options = ringlet_sampler_options_default();
  options.temperature = 0.3F;
  options.seed = 4;
  ringlet_sampler sampler;
  ASSERT_EQ(ringlet_session_sampler(&session, &options, &sampler).code, RINGLET_OK);
  ringlet_lookup lookup;
  ASSERT_EQ(ringlet_lookup_create(&lookup, 128, ringlet_session_lookup_workspace(&session)).code,
            RINGLET_OK);
  const ringlet_drafter drafter = ringlet_lookup_drafter(&lookup);
  const Tokens prompt = random_tokens(10, 48, 3);
  ASSERT_EQ(ringlet_session_prefill(&session, prompt.data(), prompt.size(), nullptr).code,
            RINGLET_OK);
  for (const TokenId token : prompt) ringlet_sampler_observe(&sampler, token);
  drafter.observe(drafter.user_data, prompt.data(), prompt.size());
  Tokens text;
  const ringlet_token_sink sink = {.take = take, .user_data = &text};
  text.push_back(ringlet_sampler_sample(&sampler, ringlet_session_logits(&session), 48));
  ringlet_draft_length length = ringlet_draft_length_fixed(5);
  ringlet_round round{};
  std::uint32_t drafted = 0;
  while (!round.ended) {
    ASSERT_EQ(
        ringlet_speculate(&session, &sampler, &drafter, &length, text.back(), &sink, &round).code,
        RINGLET_OK);
    EXPECT_EQ(round.last, text.back());
    drafted += round.drafted;
  }
  EXPECT_GT(drafted, 0U);
  EXPECT_GT(ringlet_draft_length_acceptance(&length), 0.0F);

  LiveSession plain(loaded.model, Config{});
  Sampler own = *plain.session.sampler({.temperature = 0.3F, .seed = 4});
  ASSERT_TRUE(plain.session.prefill(prompt).ok());
  for (const TokenId token : prompt) own.observe(token);
  for (std::size_t i = 0; i < text.size(); ++i) {
    ASSERT_EQ(text[i], own.sample(plain.session.logits())) << i;
    ASSERT_TRUE(plain.session.step(text[i]).ok());
  }
}

TEST_F(CSessions, OfAPool) {
  ringlet_pool_config config = ringlet_pool_config_default();
  EXPECT_EQ(config.sessions, PoolConfig{}.sessions);
  config.sessions = 2;
  config.prefix_tokens = 5;
  config.branches = 1;
  config.branch_pages = 3;
  config.session.draft_tokens = 1;
  const PoolConfig same{.session = {.draft_tokens = 1},
                        .sessions = 2,
                        .prefix_tokens = 5,
                        .branches = 1,
                        .branch_pages = 3};
  ringlet_plan c_plan;
  ASSERT_EQ(ringlet_pool_plan_create(&c_model, &config, &c_plan).code, RINGLET_OK);
  ASSERT_EQ(c_plan.total, plan(loaded.model, same)->total());
  AlignedBytes memory(static_cast<std::size_t>(c_plan.total));
  ringlet_pool pool;
  ASSERT_EQ(ringlet_pool_create(&pool, &c_model, &config, memory.data(), memory.size(),
                                ringlet_kernels_scalar(), nullptr)
                .code,
            RINGLET_OK);
  AlignedBytes own(memory.size());
  Pool expected = *Pool::create(loaded.model, same, own.span(), scalar_kernels());
  const Tokens prefix = random_tokens(5, 48, 3);
  ASSERT_EQ(ringlet_pool_prefix(&pool, prefix.data(), prefix.size(), nullptr).code, RINGLET_OK);
  ASSERT_TRUE(expected.prefix(prefix).ok());
  const ringlet_pool_row rows[] = {{0, 3, false}, {0, 4, true}, {1, 5, true}};
  ASSERT_EQ(ringlet_pool_step(&pool, rows, 3).code, RINGLET_OK);
  ASSERT_TRUE(expected.step(std::vector<Pool::Row>{{0, 3, false}, {0, 4}, {1, 5}}).ok());
  EXPECT_EQ(ringlet_pool_logits(&pool, 0), nullptr);
  for (const std::uint32_t row : {1U, 2U}) {
    EXPECT_TRUE(same_bits({ringlet_pool_logits(&pool, row), 48}, expected.logits(row)));
  }
  ASSERT_EQ(ringlet_pool_fork(&pool, 1, 2, 30).code, RINGLET_OK);
  ASSERT_TRUE(expected.fork(1, 2, 30).ok());
  ringlet_session branch = ringlet_pool_session(&pool, 2);
  ASSERT_EQ(ringlet_session_step(&branch, 9).code, RINGLET_OK);
  ASSERT_TRUE(expected.session(2).step(9).ok());
  EXPECT_TRUE(same_bits({ringlet_session_logits(&branch), 48}, expected.session(2).logits()));
  EXPECT_EQ(ringlet_pool_get_config(&pool).branch_pages, 3U);
  ringlet_pool_plan(&pool, &c_plan);
  EXPECT_EQ(c_plan.total, memory.size());
  EXPECT_EQ(ringlet_pool_step(&pool, rows, 0).code, RINGLET_OUT_OF_RANGE);
}

}  // namespace
}  // namespace ringlet::test
