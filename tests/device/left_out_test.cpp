// A build without everything that the bundled model does not need: the model works as in a full
// build, and models that need more are refused by name.
#include <gtest/gtest.h>

#include <cstring>

#include "base/features.hpp"
#include "device/buffers.hpp"
#include "device/sets.hpp"
#include "golden/bundled_digests.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/pool.hpp"
#include "ringlet/ringlet.hpp"

extern "C" const std::byte ringlet_model_storyteller[], ringlet_model_storyteller_end[];
extern "C" const std::byte ringlet_model_float_weights[], ringlet_model_float_weights_end[];

namespace ringlet::test {
namespace {

static_assert(!features::float_weights && !features::families && !features::int4_cache &&
              !features::key_bias && !features::unigram && !features::byte_pairs &&
              !features::normalizers && !features::added_tokens && !features::threads &&
              !features::accelerator && !features::signatures && !features::speculation &&
              !features::pool && !features::grammar && !features::all);

Buffer<std::byte, std::size_t{512} * 1024> memory;

Model bundled() {
  const auto model = Model::open({ringlet_model_storyteller, ringlet_model_storyteller_end});
  EXPECT_TRUE(model.ok()) << model.status().what();
  return *model;
}

void expect_left_out(const Status& status, const char* feature) {
  EXPECT_EQ(status.code(), ErrorCode::unsupported);
  EXPECT_EQ(std::strcmp(status.where(), feature), 0) << status.where();
  EXPECT_EQ(
      std::strcmp(status.what(), "needed, but left out of this build; add it to RINGLET_FEATURES"),
      0);
}

TEST(LeftOut, TheBundledModelDecodesAsEverywhere) {
  for (const BundledDigest& expected : bundled_digests) {
    if (expected.kv == KvFormat::int4) continue;
    Config config = bundled_digest_config;
    config.kv = expected.kv;
    auto session = Session::create(bundled(), config, memory.value, *kernel_sets().back());
    ASSERT_TRUE(session.ok()) << session.status().what();
    const auto value = digest(*session);
    ASSERT_TRUE(value.ok());
    EXPECT_EQ(*value, expected.value) << name_of(expected.kv);
  }
}

TEST(LeftOut, ModelsThatNeedMoreAreRefused) {
  const auto model = Model::open({ringlet_model_float_weights, ringlet_model_float_weights_end});
  expect_left_out(model.status(), "float_weights");
}

TEST(LeftOut, SignaturesAreRefusedAndNotIgnored) {
  const auto accept = [](void*, std::span<const std::byte>) { return true; };
  const auto model =
      open_signed({ringlet_model_storyteller, ringlet_model_storyteller_end}, {accept, nullptr});
  expect_left_out(model.status(), "signatures");
}

TEST(LeftOut, SettingsThatNeedMoreAreRefused) {
  const Model model = bundled();
  Config config;
  config.kv = KvFormat::int4;
  expect_left_out(plan(model, config).status(), "int4_cache");
  config.kv = KvFormats(KvFormat::int8, KvFormat::int4);
  expect_left_out(Session::create(model, config, memory.value, scalar_kernels()).status(),
                  "int4_cache");
  config.kv = KvFormat::int8;
  config.threads = 2;
  expect_left_out(plan(model, config).status(), "threads");
  config.threads = 1;
  config.accelerator_bytes = 1;
  expect_left_out(plan(model, config).status(), "accelerator");
  auto session = Session::create(model, bundled_digest_config, memory.value, *kernel_sets().back());
  ASSERT_TRUE(session.ok()) << session.status().what();
  const auto refuse = [](void*, const Team&, const MatrixProduct&) { return false; };
  expect_left_out(session->set_accelerator({refuse, nullptr}), "accelerator");
  EXPECT_TRUE(session->set_accelerator({}).ok());
  TokenId tokens[16];
  const auto encoded =
      Tokenizer::open(model)->encode("once", true, memory.value, tokens, {.enabled = true});
  expect_left_out(encoded.status(), "added_tokens");
}

TEST(LeftOut, DraftsAreRefused) {
  const Model model = bundled();
  Config config = bundled_digest_config;
  config.draft_tokens = 1;
  expect_left_out(plan(model, config).status(), "speculation");
  config.draft_tokens = 0;
  config.lookup_window = 64;
  expect_left_out(plan(model, config).status(), "speculation");
  config.lookup_window = 0;
  config.draft_bytes = 64;
  expect_left_out(Session::create(model, config, memory.value, scalar_kernels()).status(),
                  "speculation");
  config.draft_bytes = 0;
  auto session = Session::create(model, config, memory.value, *kernel_sets().back());
  ASSERT_TRUE(session.ok()) << session.status().what();
  const TokenId tokens[] = {1, 2};
  EXPECT_EQ(session->verify(tokens).code(), ErrorCode::out_of_range);
  const Drafter drafter;
  expect_left_out(
      prefill_text(*session, *Tokenizer::open(model), "once", {.drafter = &drafter}).status(),
      "speculation");
  EXPECT_EQ(session->position(), 0U);
}

TEST(LeftOut, PoolsAreRefused) {
  const PoolConfig config{.session = bundled_digest_config, .sessions = 1};
  expect_left_out(plan(bundled(), config).status(), "pool");
  expect_left_out(Pool::create(bundled(), config, memory.value, scalar_kernels()).status(), "pool");
}

TEST(LeftOut, GrammarsAreRefused) {
  Config config = bundled_digest_config;
  config.grammar_bytes = 64;
  expect_left_out(plan(bundled(), config).status(), "grammar");
  config.grammar_bytes = 0;
  config.token_trie_bytes = 64;
  expect_left_out(plan(bundled(), config).status(), "grammar");
  expect_left_out(Grammar::open(memory.value).status(), "grammar");
  expect_left_out(WordLists::open(memory.value).status(), "grammar");
  expect_left_out(TokenTrie::open(bundled()).status(), "grammar");
  expect_left_out(TokenTrie::open(bundled(), memory.value).status(), "grammar");
  expect_left_out(GrammarState::create({}, {}, {}, memory.value).status(), "grammar");
  expect_left_out(sort_words({}, memory.value).status(), "grammar");
}

TEST(LeftOut, KernelsThatNobodyCallsAreNotThere) {
  for (const KernelSet* set : kernel_sets()) {
    EXPECT_TRUE(set->gelu_tanh == nullptr && set->gelu_erf == nullptr && set->center == nullptr &&
                set->soft_cap == nullptr);
    EXPECT_TRUE(set->score_int4 == nullptr && set->accumulate_int4 == nullptr &&
                set->quantize_int4 == nullptr && set->add_key_bias == nullptr);
    EXPECT_NE(self_test(*set), 0U);
  }
}

}  // namespace
}  // namespace ringlet::test
