// Session::verify: several tokens in one pass with the logits, bit for bit, of one step each, and
// back again.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ringlet/linux/threads.hpp"
#include "support/kernel_sets.hpp"
#include "support/ring_cases.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t most = 16;  // tokens of a pass

class Verify : public testing::TestWithParam<RingFormats> {
 protected:
  [[nodiscard]] static Config config() {
    Config config = ring_config(GetParam().kv, 16);
    config.threads = 3;
    config.draft_tokens = most - 1;
    return config;
  }

  /// The logits after each token, from single steps.
  std::vector<std::vector<float>> rows_of_steps() {
    std::vector<std::vector<float>> rows;
    LiveSession live(file.model, config());
    for (const TokenId token : tokens) {
      EXPECT_TRUE(live.session.step(token).ok());
      rows.push_back(logits_of(live.session));
    }
    return rows;
  }

  LoadedModel file{biased_ring_recipe(), GetParam().weights};
  std::vector<TokenId> tokens = random_tokens(300, 48, 9);
};

TEST_P(Verify, GivesTheLogitsOfSteps) {
  const std::vector<std::vector<float>> expected = rows_of_steps();
  port::ThreadTeam team(3);
  for (const KernelSet* set : kernel_sets()) {
    LiveSession live(file.model, config(), team.team(), *set);
    std::size_t at = 0;
    for (std::uint32_t count = 1; at < tokens.size(); count = count % most + 1) {
      const auto part = std::span(tokens).subspan(at, std::min<std::size_t>(count, 300 - at));
      ASSERT_TRUE(live.session.verify(part).ok());
      for (std::uint32_t row = 0; row < part.size(); ++row) {
        ASSERT_TRUE(same_bits(live.session.logits(row), expected[at + row]))
            << name_of(*set) << " at " << at << " row " << row;
      }
      at += part.size();
      EXPECT_TRUE(same_bits(live.session.logits(), expected[at - 1]));
      EXPECT_TRUE(live.session.logits(static_cast<std::uint32_t>(part.size())).empty());
    }
  }
}

TEST_P(Verify, TakesBackWhatIsRejected) {
  const std::vector<std::vector<float>> expected = rows_of_steps();
  LiveSession live(file.model, config(), {}, *kernel_sets().front());
  std::size_t at = 0;
  while (at + most <= tokens.size()) {
    // The first tokens are those of the text, and the others are not.
    const std::uint32_t right = 1 + static_cast<std::uint32_t>(at * 7 % most);
    std::vector<TokenId> drafts = random_tokens(most, 48, at);
    std::copy_n(tokens.begin() + static_cast<std::ptrdiff_t>(at), right, drafts.begin());
    ASSERT_TRUE(live.session.verify(drafts).ok());
    at += right;
    ASSERT_TRUE(live.session.truncate(at).ok());
    EXPECT_TRUE(same_bits(live.session.logits(), expected[at - 1])) << at;
    EXPECT_TRUE(same_bits(live.session.logits(right - 1), expected[at - 1])) << at;
    EXPECT_TRUE(live.session.logits(right).empty());
  }
  // Once both have passed the highest position ever written, not even a snapshot tells them apart.
  LiveSession straight(file.model, config(), {}, *kernel_sets().front());
  const std::vector<TokenId> rest = random_tokens(most, 48, 77);
  digest_of_steps(straight.session, std::span(tokens).first(at));
  digest_of_steps(straight.session, rest);
  digest_of_steps(live.session, rest);
  EXPECT_EQ(saved_bytes(live.session), saved_bytes(straight.session));
}

TEST_P(Verify, LeavesTheStateOfStepsBehind) {
  LiveSession live(file.model, config(), {}, *kernel_sets().front());
  LiveSession straight(file.model, config(), {}, *kernel_sets().front());
  for (std::size_t at = 0; at < 5 * most; at += most) {
    const auto part = std::span(tokens).subspan(at, most);
    ASSERT_TRUE(live.session.verify(part).ok());
    digest_of_steps(straight.session, part);
    EXPECT_EQ(saved_bytes(live.session), saved_bytes(straight.session)) << at;
  }
}

TEST_P(Verify, RefusesOtherCountsAndChangesNothing) {
  Config settings = config();
  settings.draft_tokens = 3;
  LiveSession live(file.model, settings);
  digest_of_steps(live.session, std::span(tokens).first(50));
  const std::vector<std::byte> before = saved_bytes(live.session);
  EXPECT_EQ(live.session.verify({}).code(), ErrorCode::out_of_range);
  const Status many = live.session.verify(std::span(tokens).first(5));
  EXPECT_EQ(many.code(), ErrorCode::out_of_range);
  EXPECT_EQ(many.needed(), 4U);
  EXPECT_EQ(many.actual(), 5U);
  const TokenId wrong[] = {1, 48};
  EXPECT_EQ(live.session.verify(wrong).index(), 1);
  EXPECT_EQ(saved_bytes(live.session), before);
  EXPECT_TRUE(live.session.verify(std::span(tokens).first(4)).ok());
}

INSTANTIATE_TEST_SUITE_P(Formats, Verify, testing::ValuesIn(ring_formats), ring_name);

TEST(VerifySettings, DraftsMustFitIntoTheRing) {
  const LoadedModel file(Recipe{.architecture = small_architecture()}, all_int8);
  for (const std::uint32_t chunk : {1U, 4U, 16U, 64U}) {
    Config config{.prefill_chunk = chunk};
    config.draft_tokens = config.ring_chunk();
    const auto refused = plan(file.model, config);
    EXPECT_EQ(line(refused.status()).find("draft_tokens"), 0U) << line(refused.status());
    EXPECT_EQ(refused.status().suggestion(), config.ring_chunk() - 1);
    --config.draft_tokens;
    EXPECT_TRUE(plan(file.model, config).ok());
  }
}

}  // namespace
}  // namespace ringlet::test
