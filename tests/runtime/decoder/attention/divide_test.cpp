// Attention divided over more threads than kv heads: threads take parts of one head's segments, and
// the parts that they keep are folded in the order of a single thread. Contexts of several segments
// in every region, threads in the opposite order, bit for bit.
#include <gtest/gtest.h>

#include <string>

#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

/// A team without threads whose last thread works first.
Team backwards(std::uint32_t threads) {
  return {.threads = threads,
          .run = [](void*, std::uint32_t count, Team::Work work, void* argument) {
            while (count > 0) work(argument, --count);
          }};
}

class AttentionSplit : public testing::TestWithParam<KvFormat> {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = architecture_with_heads(6, 3, 16)};
    recipe.architecture.layers = 2;
    recipe.windows = {0, 300};
    recipe.architecture.trained_context = 900;
    return recipe;
  }
  static Config config(std::uint32_t threads) {
    return {.context = 900,
            .sinks = 260,
            .kv = GetParam(),
            .hot_window = 270,
            .prefill_chunk = 16,
            .threads = threads};
  }
};

TEST_P(AttentionSplit, IsInvisible) {
  const LoadedModel file(recipe(), all_int8);
  const std::vector<TokenId> tokens = random_tokens(1200, 48, 5);
  LiveSession alone(file.model, config(1), {}, *kernel_sets().front());
  std::vector<LiveSession> divided;
  for (const std::uint32_t threads : {2U, 5U, 16U}) {
    divided.emplace_back(file.model, config(threads), backwards(threads), *kernel_sets().front());
  }
  for (std::size_t at = 0; at < tokens.size();) {
    // Single tokens where a region grows into another segment, and chunks elsewhere.
    const std::size_t piece = at % 256 < 48 ? 1 : 16;
    const auto part = std::span(tokens).subspan(at, std::min(piece, tokens.size() - at));
    at += part.size();
    ASSERT_TRUE(alone.session.prefill(part).ok());
    for (LiveSession& live : divided) {
      ASSERT_TRUE(live.session.prefill(part).ok());
      ASSERT_TRUE(same_bits(live.session.logits(), alone.session.logits()))
          << "threads " << live.session.config().threads << " at " << at;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, AttentionSplit,
                         testing::Values(KvFormat::f16, KvFormat::int8, KvFormat::int4),
                         [](const testing::TestParamInfo<KvFormat>& instance) {
                           return std::string(name_of(instance.param));
                         });

}  // namespace
}  // namespace ringlet::test
