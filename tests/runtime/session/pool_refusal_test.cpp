// What a pool refuses, and that nothing changes then; a fault of one session's row; and a prefix
// from tokens, from a snapshot, and read in place.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "model/weights.hpp"
#include "ringlet/pool.hpp"
#include "support/kernel_sets.hpp"
#include "support/pools.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;
using Row = Pool::Row;

Recipe recipe() { return {.architecture = small_architecture()}; }

PoolConfig config(std::uint32_t sessions, std::uint32_t prefix = 0) {
  return {.session = {.context = 40, .prefill_chunk = 8, .draft_tokens = 2},
          .sessions = sessions,
          .prefix_tokens = prefix};
}

TEST(PoolRefusals, NameTheRowAndChangeNothing) {
  const LoadedModel file(recipe(), all_int8);
  LivePool live(file.model, config(3));
  ASSERT_TRUE(live.pool.step(std::vector<Row>{{0, 1}, {2, 5}, {2, 6}}).ok());
  const std::vector<std::byte> before[] = {saved_bytes(live.pool.session(0)),
                                           saved_bytes(live.pool.session(2))};
  const std::vector<float> logits(live.pool.logits(2).begin(), live.pool.logits(2).end());
  const auto refused = [&](const std::vector<Row>& rows, ErrorCode code, std::int64_t row) {
    const Status status = live.pool.step(rows);
    EXPECT_EQ(status.code(), code) << line(status);
    EXPECT_STREQ(status.where(), code == ErrorCode::ok ? "" : status.where());
    EXPECT_EQ(status.index(), row) << line(status);
  };
  refused({}, ErrorCode::out_of_range, -1);
  refused(std::vector<Row>(9, {0, 1}), ErrorCode::out_of_range, -1);
  refused({{0, 1}, {3, 1}}, ErrorCode::out_of_range, 1);
  refused({{0, 1}, {1, 1}, {0, 2}}, ErrorCode::invalid_argument, 2);
  refused({{0, 1}, {1, 2}, {1, 9999}}, ErrorCode::out_of_range, 2);
  refused({{1, 1}, {0, 1}, {0, 2}, {0, 3}, {0, 4}}, ErrorCode::out_of_range, 1);
  EXPECT_EQ(saved_bytes(live.pool.session(0)), before[0]);
  EXPECT_EQ(saved_bytes(live.pool.session(2)), before[1]);
  EXPECT_TRUE(same_bits(live.pool.logits(2), logits));
  EXPECT_TRUE(live.pool.step(std::vector<Row>{{0, 1, false}, {0, 2}, {0, 3}, {0, 4}}).ok());
  EXPECT_TRUE(live.pool.logits(0).empty());
  EXPECT_FALSE(live.pool.logits(1).empty());
  EXPECT_TRUE(live.pool.logits(4).empty());
}

TEST(PoolRefusals, LogitsOfARowEndWhenItsSessionMovesOn) {
  const LoadedModel file(recipe(), all_int8);
  LivePool live(file.model, config(2));
  ASSERT_TRUE(live.pool.step(std::vector<Row>{{0, 1}, {1, 5}}).ok());
  Session first = live.pool.session(0);
  EXPECT_TRUE(same_bits(live.pool.logits(0), first.logits()));
  ASSERT_TRUE(first.step(3).ok());
  EXPECT_TRUE(live.pool.logits(0).empty());
  EXPECT_FALSE(live.pool.logits(1).empty());
}

TEST(PoolRefusals, ConcernTheConfiguration) {
  const LoadedModel file(recipe(), all_int8);
  const auto where = [&](const PoolConfig& config) {
    const Status status = plan(file.model, config).status();
    return status.ok() ? std::string("ok") : std::string(status.where());
  };
  EXPECT_EQ(where(config(0)), "sessions");
  EXPECT_EQ(where(config(1025)), "sessions");
  EXPECT_EQ(where(config(1024)), "ok");
  EXPECT_EQ(where(config(2, 40)), "prefix_tokens");
  EXPECT_EQ(where(config(2, 39)), "ok");
  PoolConfig wide = config(2);
  wide.session.draft_tokens = 8;
  EXPECT_EQ(where(wide), "draft_tokens");

  AlignedBytes memory(static_cast<std::size_t>(plan(file.model, config(2))->total()));
  const Status small = Pool::create(file.model, config(2), memory.span().first(memory.size() - 1),
                                    *kernel_sets().front())
                           .status();
  EXPECT_EQ(small.code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(small.needed(), memory.size());
}

TEST(PoolPrefix, MustBeThereAndFit) {
  const LoadedModel file(recipe(), all_int8);
  LivePool live(file.model, config(2, 5));
  Session session = live.pool.session(1);
  EXPECT_STREQ(session.step(1).where(), "prefix");
  EXPECT_STREQ(live.pool.step(std::vector<Row>{{1, 1}}).where(), "prefix");
  AlignedBytes room(1 << 16);
  EXPECT_STREQ(session.save(room.span()).status().where(), "prefix");
  EXPECT_STREQ(live.pool.prefix(random_tokens(4, 48, 1)).where(), "tokens");
  ASSERT_TRUE(live.pool.prefix(random_tokens(5, 48, 1)).ok());
  EXPECT_EQ(session.position(), 5U);
  EXPECT_EQ(session.truncate(4).needed(), 5U);
  LivePool without(file.model, config(2));
  EXPECT_STREQ(without.pool.prefix(random_tokens(5, 48, 1)).where(), "tokens");
}

TEST(PoolPrefix, ThatIsRefusedChangesNothing) {
  const LoadedModel file(recipe(), all_int8);
  LivePool live(file.model, config(2, 5));
  ASSERT_TRUE(live.pool.prefix(random_tokens(5, 48, 1)).ok());
  ASSERT_TRUE(live.pool.session(0).prefill(random_tokens(9, 48, 2)).ok());
  const std::vector<std::byte> before = saved_bytes(live.pool.session(0));
  const Status status = live.pool.prefix(Tokens{1, 2, 3, 48, 4});
  EXPECT_EQ(status.code(), ErrorCode::out_of_range);
  EXPECT_EQ(status.index(), 3);
  EXPECT_EQ(saved_bytes(live.pool.session(0)), before);
  ASSERT_TRUE(live.pool.session(1).step(3).ok());
}

TEST(PoolPrefix, OfAnotherTextIsRefusedInASnapshot) {
  const LoadedModel file(recipe(), all_int8);
  LivePool live(file.model, config(2, 5));
  ASSERT_TRUE(live.pool.prefix(random_tokens(5, 48, 1)).ok());
  Config lone = config(1).session;
  lone.sinks = 5;
  for (const std::uint64_t seed : {1U, 2U}) {
    LiveSession other(file.model, lone);
    ASSERT_TRUE(other.session.prefill(random_tokens(5, 48, seed)).ok());
    ASSERT_TRUE(other.session.prefill(random_tokens(9, 48, 7)).ok());
    const AlignedBytes snapshot = snapshot_of(other.session);
    const Status status = live.pool.session(0).restore(snapshot.span());
    EXPECT_EQ(status.ok(), seed == 1) << line(status);
    if (seed == 1) {
      EXPECT_TRUE(same_bits(live.pool.session(0).logits(), other.session.logits()));
    } else {
      EXPECT_STREQ(status.where(), "prefix");
    }
    EXPECT_EQ(live.pool.session(0).position(), 14U);
  }
  LiveSession early(file.model, lone);
  ASSERT_TRUE(early.session.prefill(random_tokens(3, 48, 1)).ok());
  EXPECT_STREQ(live.pool.session(0).restore(snapshot_of(early.session).span()).where(), "position");
}

TEST(PoolPrefix, ComesFromASnapshotAlsoInPlace) {
  const LoadedModel file(recipe(), all_int8);
  const Tokens prefix = random_tokens(7, 48, 1);
  const Tokens rest = random_tokens(60, 48, 2);
  Config lone = config(1).session;
  lone.sinks = 7;
  LiveSession author(file.model, lone);
  ASSERT_TRUE(author.session.prefill(prefix).ok());
  const AlignedBytes snapshot = snapshot_of(author.session);
  ASSERT_TRUE(author.session.prefill(rest).ok());
  for (const bool in_place : {false, true}) {
    PoolConfig settings = config(3, 7);
    settings.session.sinks_in_snapshot = in_place;
    LivePool live(file.model, settings);
    ASSERT_TRUE(live.pool.prefix(snapshot.span()).ok());
    for (std::uint32_t i = 0; i < 3; ++i) {
      Session session = live.pool.session(i);
      EXPECT_EQ(session.position(), 7U);
      ASSERT_TRUE(session.prefill(rest).ok());
      EXPECT_TRUE(same_bits(session.logits(), author.session.logits())) << in_place << i;
      session.reset();
      EXPECT_EQ(session.position(), 7U);
    }
  }
  EXPECT_LT(plan(file.model, config(3, 7))->total(), 3 * plan(file.model, lone)->total());
}

TEST(PoolFaults, OfOneRowTakeBackThePassAndLeaveTheOthersAlone) {
  Recipe spoiled = recipe();
  spoiled.architecture.tied_embedding = false;
  LoadedModel file(spoiled, all_f32);
  const PackedMatrix table = embedding(file.model);
  auto* row = reinterpret_cast<float*>(const_cast<std::uint8_t*>(table.codes)) +
              std::size_t{5} * table.columns;
  std::fill_n(row, table.columns, std::numeric_limits<float>::infinity());
  LivePool live(file.model, config(3));
  ASSERT_TRUE(live.pool.step(std::vector<Row>{{0, 1}, {1, 2}, {2, 3}}).ok());
  const std::vector<std::byte> third = saved_bytes(live.pool.session(2));
  const Status status = live.pool.step(std::vector<Row>{{0, 7}, {1, 8}, {1, 5}});
  EXPECT_EQ(status.code(), ErrorCode::not_finite);
  EXPECT_EQ(status.index(), 2);
  EXPECT_EQ(live.pool.session(1).not_finite()->position, 2U);
  EXPECT_EQ(live.pool.session(0).position(), 1U);
  EXPECT_EQ(live.pool.session(1).position(), 1U);
  EXPECT_TRUE(live.pool.logits(0).empty());
  EXPECT_EQ(saved_bytes(live.pool.session(2)), third);
  ASSERT_TRUE(live.pool.step(std::vector<Row>{{0, 7}, {1, 8}}).ok());
  LiveSession lone(file.model, config(1).session);
  digest_of_steps(lone.session, Tokens{2, 8});
  EXPECT_TRUE(same_bits(live.pool.logits(1), lone.session.logits()));
}

TEST(PoolSamplers, ShareCandidatesAndDrawAsAlone) {
  const LoadedModel file(recipe(), all_int8);
  LivePool live(file.model, config(3));
  LiveSession lone(file.model, config(1).session);
  std::vector<Sampler> samplers;
  const SamplerOptions options{.temperature = 1.2F, .repeat_penalty = 1.4F, .seed = 9};
  for (std::uint32_t i = 0; i < 3; ++i) samplers.push_back(*live.pool.session(i).sampler(options));
  Sampler own = *lone.session.sampler(options);
  ASSERT_TRUE(lone.session.step(1).ok());
  ASSERT_TRUE(live.pool.step(std::vector<Row>{{0, 1}, {1, 2}, {2, 3}}).ok());
  for (int n = 0; n < 30; ++n) {
    std::vector<Row> rows;
    for (std::uint32_t i = 0; i < 3; ++i) {
      rows.push_back({i, samplers[i].sample(live.pool.session(i).logits())});
    }
    const TokenId token = own.sample(lone.session.logits());
    EXPECT_EQ(rows[0].token, token) << n;
    ASSERT_TRUE(lone.session.step(token).ok());
    ASSERT_TRUE(live.pool.step(rows).ok());
  }
}

}  // namespace
}  // namespace ringlet::test
