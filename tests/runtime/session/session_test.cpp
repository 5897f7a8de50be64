// A session is exactly as large as its plan, changes only on success, stays inside its memory, and
// gives the same bits for any division of its prompt, any earlier content of its memory, and after
// going back.
#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>
#include <limits>
#include <string>

#include "ringlet/digest.hpp"
#include "support/random.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr Config small_config = {
    .context = 40, .sinks = 4, .kv = KvFormat::int8, .prefill_chunk = 8};

class SessionTest : public testing::Test {
 protected:
  LoadedModel file{Recipe{.architecture = small_architecture()}, all_int8};
  const Model& model = file.model;
  std::vector<TokenId> tokens = random_tokens(300, 48, 5);

  [[nodiscard]] std::span<const TokenId> first(std::size_t n) const {
    return std::span(tokens).first(n);
  }
};

TEST_F(SessionTest, NeedsExactlyWhatIsPlanned) {
  const std::uint64_t total = plan(model, small_config)->total();
  AlignedBytes memory(static_cast<std::size_t>(total));
  EXPECT_TRUE(Session::create(model, small_config, memory.span(), scalar_kernels()).ok());
  const auto refused = Session::create(model, small_config, memory.span().first(memory.size() - 1),
                                       scalar_kernels());
  EXPECT_EQ(refused.status().code(), ErrorCode::not_enough_memory);
  EXPECT_STREQ(refused.status().where(), "memory");
  EXPECT_EQ(refused.status().needed(), total);
  EXPECT_EQ(refused.status().actual(), total - 1);
}

TEST_F(SessionTest, EverySmallerSizeIsRefusedAndNothingIsTouched) {
  const std::uint64_t total = plan(model, small_config)->total();
  const AlignedBytes untouched(static_cast<std::size_t>(total), std::byte{0xA5});
  AlignedBytes memory = untouched;
  for (std::size_t size = 0; size < total; size += size < 600 || size + 600 > total ? 1 : 501) {
    const auto refused =
        Session::create(model, small_config, memory.span().first(size), scalar_kernels());
    ASSERT_EQ(refused.status().code(), ErrorCode::not_enough_memory) << size;
    ASSERT_EQ(refused.status().needed(), total);
  }
  EXPECT_EQ(std::memcmp(memory.data(), untouched.data(), memory.size()), 0);
}

TEST_F(SessionTest, TheLongestContextFits) {
  const std::uint64_t total = plan(model, small_config)->total();
  const std::uint32_t longest = longest_context(model, small_config, total);
  EXPECT_GE(longest, small_config.context);
  Config config = small_config;
  config.context = longest;
  EXPECT_LE(plan(model, config)->total(), total);
  config.context = longest + 1;
  EXPECT_TRUE(longest == model.architecture().trained_context ||
              plan(model, config)->total() > total);
  EXPECT_EQ(longest_context(model, small_config, 64), 0U);
}

TEST_F(SessionTest, MisalignedMemoryIsRefused) {
  const std::uint64_t total = plan(model, small_config)->total();
  AlignedBytes memory(static_cast<std::size_t>(total) + 64);
  for (const std::size_t shift : {1U, 4U, 16U, 32U, 63U}) {
    const auto refused =
        Session::create(model, small_config, memory.span().subspan(shift), scalar_kernels());
    EXPECT_EQ(refused.status().code(), ErrorCode::invalid_argument) << shift;
    EXPECT_STREQ(refused.status().where(), "memory");
  }
}

TEST_F(SessionTest, ImpossibleConfigurationsNameTheirField) {
  const auto where = [&](const auto& change) {
    Config config = small_config;
    change(config);
    const Status status = plan(model, config).status();
    EXPECT_EQ(status.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(Session::create(model, config, {}, scalar_kernels()).status().code(),
              ErrorCode::invalid_argument);
    return std::string(status.where());
  };
  EXPECT_EQ(where([](Config& c) { c.context = 65; }), "allow_longer_context");
  EXPECT_EQ(where([](Config& c) { c.sinks = 40; }), "sinks");
  EXPECT_EQ(where([](Config& c) { c.sinks = 0xFFFFFFFF; }), "sinks");
  EXPECT_EQ(where([](Config& c) { c.prefill_chunk = 0; }), "prefill_chunk");
  EXPECT_EQ(where([](Config& c) { c.prefill_chunk = 0xFFFFFFFF; }), "prefill_chunk");
  EXPECT_EQ(where([](Config& c) { c.threads = 0; }), "threads");
  EXPECT_EQ(where([](Config& c) { c.longest_word = 0xFFFFFFFF; }), "longest_word");
  EXPECT_EQ(where([](Config& c) { c.repeat_window = 0xFFFFFFFF; }), "repeat_window");
  EXPECT_EQ(where([](Config& c) { c.kv = KvFormat::int4, c.hot_window = 7; }), "hot_window");
  EXPECT_EQ(where([](Config& c) { c.sinks = 0, c.sinks_in_snapshot = true; }), "sinks_in_snapshot");
  EXPECT_EQ(where([](Config& c) { c.context = 0xFFFFFFFF, c.allow_longer_context = true; }),
            "context");
  Config longer = small_config;
  longer.context = 200;
  longer.allow_longer_context = true;
  EXPECT_TRUE(plan(model, longer).ok());
  EXPECT_EQ(LiveSession(model, {}).session.config().context, model.architecture().trained_context);
}

TEST_F(SessionTest, AnEmptyModelIsRefused) {
  EXPECT_STREQ(plan(Model(), small_config).status().where(), "model");
}

TEST_F(SessionTest, AnotherRoundingThanToNearestIsRefused) {
  AlignedBytes memory(static_cast<std::size_t>(plan(model, small_config)->total()));
  std::fesetround(FE_UPWARD);
  const auto refused = Session::create(model, small_config, memory.span(), scalar_kernels());
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(refused.status().code(), ErrorCode::unsupported);
  EXPECT_STREQ(refused.status().where(), "float environment");
}

TEST_F(SessionTest, ADigestOfNothingIsRefused) {
  LiveSession live(model, small_config);
  EXPECT_STREQ(digest(live.session, {.tokens = 0}).status().where(), "tokens");
  EXPECT_STREQ(digest(live.session, {.chunk = 0}).status().where(), "chunk");
  EXPECT_EQ(live.session.position(), 0U);
}

TEST_F(SessionTest, MoreThreadsThanPlannedAreRefused) {
  AlignedBytes memory(static_cast<std::size_t>(plan(model, small_config)->total()));
  Team team;
  team.threads = 2;
  const auto refused = Session::create(model, small_config, memory.span(), scalar_kernels(), team);
  EXPECT_STREQ(refused.status().where(), "team");
}

TEST_F(SessionTest, MoreWorkingThreadsThanTheTeamHasAreRefused) {
  LiveSession live(model, small_config);
  EXPECT_TRUE(live.session.set_execution({.decode_threads = 1, .prefill_threads = 1}).ok());
  EXPECT_STREQ(live.session.set_execution({.decode_threads = 2}).where(), "decode_threads");
  EXPECT_STREQ(live.session.set_execution({.prefill_threads = 2}).where(), "prefill_threads");
  EXPECT_EQ(live.session.set_execution({.prefill_threads = 2}).code(), ErrorCode::out_of_range);
}

TEST_F(SessionTest, StaysInsideItsMemory) {
  const auto total = static_cast<std::size_t>(plan(model, small_config)->total());
  constexpr std::size_t guard = 4096;
  AlignedBytes memory(total + 2 * guard, std::byte{0x5A});
  auto session =
      *Session::create(model, small_config, memory.span().subspan(guard, total), scalar_kernels());
  prefill_in_pieces(session, tokens, 13);
  ASSERT_TRUE(session.truncate(session.position() - 3).ok());
  ASSERT_TRUE(session.step(1).ok());
  session.reset();
  prefill_in_pieces(session, tokens, 300);
  for (std::size_t i = 0; i < guard; ++i) {
    ASSERT_EQ(memory[i], std::byte{0x5A}) << "before the memory";
    ASSERT_EQ(memory[guard + total + i], std::byte{0x5A}) << "after the memory";
  }
}

TEST_F(SessionTest, WhatWasInTheMemoryDoesNotMatter) {
  LiveSession zeros(model, small_config, {}, scalar_kernels(), std::byte{0});
  LiveSession ones(model, small_config, {}, scalar_kernels(), std::byte{0xFF});
  LiveSession used(model, small_config);
  prefill_in_pieces(used.session, tokens, 7);
  Session again = *Session::create(model, small_config, used.memory.span(), scalar_kernels());
  const std::uint64_t expected = digest_of_steps(zeros.session, tokens);
  EXPECT_EQ(digest_of_steps(ones.session, tokens), expected);
  EXPECT_EQ(digest_of_steps(again, tokens), expected);
}

TEST_F(SessionTest, ResetStartsOver) {
  LiveSession live(model, small_config);
  EXPECT_TRUE(live.session.logits().empty());
  const std::uint64_t expected = digest_of_steps(live.session, tokens);
  EXPECT_EQ(live.session.position(), 300U);
  live.session.reset();
  EXPECT_EQ(live.session.position(), 0U);
  EXPECT_TRUE(live.session.logits().empty());
  EXPECT_EQ(digest_of_steps(live.session, tokens), expected);
}

TEST_F(SessionTest, AnUnknownTokenChangesNothing) {
  LiveSession live(model, small_config);
  LiveSession undisturbed(model, small_config);
  for (Session* session : {&live.session, &undisturbed.session}) {
    ASSERT_TRUE(session->prefill(first(50)).ok());
  }
  for (const std::size_t where : {0U, 5U, 20U, 29U}) {
    std::vector<TokenId> broken(tokens.begin() + 50, tokens.begin() + 80);
    broken[where] = where % 2 == 0 ? 48 : std::numeric_limits<TokenId>::max();
    const std::vector<float> before = logits_of(live.session);
    const Status refused = live.session.prefill(broken);
    EXPECT_EQ(refused.code(), ErrorCode::out_of_range);
    EXPECT_EQ(refused.index(), static_cast<std::int64_t>(where));
    EXPECT_EQ(live.session.position(), 50U);
    EXPECT_TRUE(same_bits(before, live.session.logits()));
  }
  const auto rest = std::span(tokens).subspan(50);
  EXPECT_EQ(digest_of_steps(live.session, rest), digest_of_steps(undisturbed.session, rest));
}

TEST_F(SessionTest, AnEmptyPrefillIsNothing) {
  LiveSession live(model, small_config);
  EXPECT_TRUE(live.session.prefill({}).ok());
  EXPECT_EQ(live.session.position(), 0U);
  ASSERT_TRUE(live.session.prefill(first(9)).ok());
  const std::vector<float> before = logits_of(live.session);
  EXPECT_TRUE(live.session.prefill({}).ok());
  EXPECT_TRUE(same_bits(before, live.session.logits()));
}

struct StopAfter {
  std::uint64_t limit;
  std::vector<std::uint64_t> seen;
  static bool report(void* user_data, std::uint64_t done, std::uint64_t total) {
    auto& stop = *static_cast<StopAfter*>(user_data);
    EXPECT_EQ(total, 30U);
    stop.seen.push_back(done);
    return done < stop.limit;
  }
};

TEST_F(SessionTest, ProgressIsToldAfterEachChunk) {
  LiveSession live(model, small_config);
  StopAfter never{.limit = 1000, .seen = {}};
  ASSERT_TRUE(live.session.prefill(first(30), {&StopAfter::report, &never}).ok());
  EXPECT_EQ(never.seen, (std::vector<std::uint64_t>{8, 16, 24, 30}));
}

TEST_F(SessionTest, ACancelledPrefillKeepsWholeChunks) {
  LiveSession live(model, small_config);
  LiveSession whole(model, small_config);
  StopAfter stop{.limit = 16, .seen = {}};
  const Status status = live.session.prefill(first(30), {&StopAfter::report, &stop});
  EXPECT_EQ(status.code(), ErrorCode::cancelled);
  EXPECT_EQ(live.session.position(), 16U);
  EXPECT_EQ(status.actual(), 16U);
  EXPECT_TRUE(live.session.logits().empty()) << "none were computed for the last chunk";
  ASSERT_TRUE(live.session.prefill(first(30).subspan(16)).ok());
  ASSERT_TRUE(whole.session.prefill(first(30)).ok());
  EXPECT_TRUE(same_bits(live.session.logits(), whole.session.logits()));
}

}  // namespace
}  // namespace ringlet::test
