// The same tokens give the same bits: in chunks of any size, on any number of threads, and after
// going back as if the tokens in between had never been. For every format of weights and cache,
// past several wraps.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ringlet/linux/threads.hpp"
#include "support/kernel_sets.hpp"
#include "support/ring_cases.hpp"
#include "support/sessions.hpp"
#include "support/thread_team.hpp"

namespace ringlet::test {
namespace {

class SameBits : public testing::TestWithParam<RingFormats> {
 protected:
  [[nodiscard]] static Config config(std::uint32_t chunk) {
    return ring_config(GetParam().kv, chunk);
  }

  LoadedModel file{biased_ring_recipe(), GetParam().weights};
  std::vector<TokenId> tokens = random_tokens(333, 48, 9);
};

TEST_P(SameBits, HoweverThePromptIsCut) {
  LiveSession stepwise(file.model, config(1));
  digest_of_steps(stepwise.session, tokens);
  const std::vector<float> expected = logits_of(stepwise.session);
  for (const KernelSet* set : kernel_sets()) {
    for (const std::uint32_t chunk : {1U, 2U, 7U, 16U, 64U, 333U}) {
      for (const std::size_t piece : {5U, 333U}) {
        LiveSession live(file.model, config(chunk), {}, *set);
        EXPECT_TRUE(same_bits(prefill_in_pieces(live.session, tokens, piece), expected))
            << name_of(*set) << " chunk " << chunk << " piece " << piece;
      }
    }
  }
}

TEST_P(SameBits, AfterEveryTokenOfAChunkedPrompt) {
  LiveSession stepwise(file.model, config(1));
  LiveSession chunked(file.model, config(16));
  std::size_t at = 0;
  for (const std::size_t piece : {16U, 3U, 29U, 1U, 64U, 40U, 16U, 16U, 100U}) {
    const auto part = std::span(tokens).subspan(at, std::min(piece, tokens.size() - at));
    at += part.size();
    digest_of_steps(stepwise.session, part);
    EXPECT_TRUE(
        same_bits(prefill_in_pieces(chunked.session, part, piece), stepwise.session.logits()))
        << "at " << at;
  }
}

TEST_P(SameBits, OnAnyNumberOfThreads) {
  const auto part = std::span(tokens).first(90);
  LiveSession alone(file.model, config(16));
  const std::vector<float> expected = prefill_in_pieces(alone.session, part, 40);
  for (const std::uint32_t threads : {1U, 2U, 3U, 5U}) {
    Config planned = config(16);
    planned.threads = 5;
    ThreadTeam team(threads);
    LiveSession live(file.model, planned, team.team());
    EXPECT_TRUE(same_bits(prefill_in_pieces(live.session, part, 40), expected)) << threads;
    ASSERT_TRUE(live.session.step(7).ok());
  }
}

TEST_P(SameBits, HoweverTheWorkIsDone) {
  const auto part = std::span(tokens).first(90);
  LiveSession alone(file.model, config(16));
  const std::uint64_t expected = digest_of_steps(alone.session, part);
  Config planned = config(16);
  planned.threads = 4;
  port::ThreadTeam team(4);
  LiveSession live(file.model, planned, team.team(), *kernel_sets().front());
  for (const Execution& execution :
       {Execution{.decode_threads = 1, .prefill_threads = 3, .prefetch_bytes = 0},
        Execution{.decode_threads = 3, .prefill_threads = 1, .prefetch_bytes = 1U << 30}}) {
    live.session.reset();
    ASSERT_TRUE(live.session.set_execution(execution).ok());
    EXPECT_EQ(digest_of_steps(live.session, part), expected);
    live.session.reset();
    prefill_in_pieces(live.session, part, 40);
    EXPECT_TRUE(same_bits(live.session.logits(), alone.session.logits()));
  }
}

TEST_P(SameBits, OnEveryInstructionSet) {
  const auto part = std::span(tokens).first(120);  // three wraps
  LiveSession alone(file.model, config(1));
  const std::uint64_t expected = digest_of_steps(alone.session, part);
  const std::vector<float> expected_logits = logits_of(alone.session);
  port::ThreadTeam team(2);
  for (const KernelSet* set : kernel_sets()) {
    Config planned = config(16);
    planned.threads = 2;
    LiveSession stepwise(file.model, planned, team.team(), *set);
    EXPECT_EQ(digest_of_steps(stepwise.session, part), expected) << name_of(*set);
    LiveSession chunked(file.model, planned, team.team(), *set);
    EXPECT_TRUE(same_bits(prefill_in_pieces(chunked.session, part, 120), expected_logits))
        << name_of(*set);
  }
}

TEST_P(SameBits, AfterGoingBackAndDoingItAgain) {
  LiveSession straight(file.model, config(8));
  LiveSession wandering(file.model, config(8));
  for (std::size_t at = 0; at + 8 <= tokens.size(); at += 8) {
    const auto part = std::span(tokens).subspan(at, 8);
    const std::uint64_t here = wandering.session.position();
    ASSERT_TRUE(wandering.session.prefill(random_tokens(1 + at % 8, 48, at)).ok());
    ASSERT_TRUE(wandering.session.truncate(here).ok()) << at;
    EXPECT_TRUE(wandering.session.logits().empty());
    ASSERT_TRUE(wandering.session.prefill(part).ok());
    ASSERT_TRUE(straight.session.prefill(part).ok());
    ASSERT_TRUE(same_bits(straight.session.logits(), wandering.session.logits())) << at;
  }
}

TEST_P(SameBits, AsFarBackAsTheRingRemembersAndNoFurther) {
  for (const std::size_t position : {70U, 131U, 200U}) {
    LiveSession wandering(file.model, config(8));
    prefill_in_pieces(wandering.session, std::span(tokens).first(position), 8);
    const Status refused = wandering.session.truncate(1);
    ASSERT_EQ(refused.code(), ErrorCode::out_of_range);
    ASSERT_EQ(refused.actual(), 1U);
    const auto earliest = static_cast<std::size_t>(refused.needed());
    ASSERT_LE(earliest + 8, position) << "at least a chunk";
    ASSERT_EQ(wandering.session.truncate(earliest - 1).needed(), earliest);
    // Other tokens are tried from there, in vain, and then those that a session took directly.
    ASSERT_TRUE(wandering.session.truncate(earliest).ok());
    ASSERT_TRUE(wandering.session.prefill(random_tokens(8, 48, position)).ok());
    ASSERT_TRUE(wandering.session.truncate(earliest).ok());
    LiveSession straight(file.model, config(8));
    prefill_in_pieces(straight.session, std::span(tokens).first(earliest), 5);
    const auto rest = std::span(tokens).subspan(earliest, 100);
    EXPECT_EQ(digest_of_steps(wandering.session, rest), digest_of_steps(straight.session, rest));
  }
}

TEST_P(SameBits, OrGoingBackIsRefusedAndNothingChanges) {
  LiveSession live(file.model, config(8));
  LiveSession undisturbed(file.model, config(8));
  for (Session* session : {&live.session, &undisturbed.session}) {
    ASSERT_TRUE(session->prefill(std::span(tokens).first(200)).ok());
  }
  const std::vector<float> before = logits_of(live.session);
  for (const std::uint64_t target : {0ULL, 2ULL, 5ULL, 100ULL, 201ULL, ~0ULL}) {
    EXPECT_EQ(live.session.truncate(target).code(), ErrorCode::out_of_range) << target;
    EXPECT_EQ(live.session.position(), 200U);
    EXPECT_TRUE(same_bits(before, live.session.logits()));
  }
  EXPECT_TRUE(live.session.truncate(200).ok());
  EXPECT_TRUE(same_bits(before, live.session.logits()));
  const auto rest = std::span(tokens).subspan(200);
  EXPECT_EQ(digest_of_steps(live.session, rest), digest_of_steps(undisturbed.session, rest));
}

constexpr RingFormats all_formats[] = {
    {all_f32, KvFormat::f32, "f32"},    {all_f32, KvFormat::f16, "f16"},
    {all_f32, KvFormat::int8, "int8"},  {all_f32, KvFormat::int4, "int4"},
    {all_int8, KvFormat::int8, "int8"}, {all_int8, {KvFormat::int8, KvFormat::int4}, "k8v4"},
    {all_int4, KvFormat::int8, "int8"}, {all_int4, KvFormat::int4, "int4"},
    {all_int4, KvFormat::f16, "f16"}};

INSTANTIATE_TEST_SUITE_P(Formats, SameBits, testing::ValuesIn(all_formats), ring_name);

}  // namespace
}  // namespace ringlet::test
