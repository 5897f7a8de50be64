// Branches of sessions: each computes what a lone session with its text computes, bit for bit,
// while it shares the pages that it has not written; what was reserved is enough.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "ringlet/pool.hpp"
#include "support/kernel_sets.hpp"
#include "support/pools.hpp"
#include "support/ring_cases.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

constexpr std::uint32_t vocabulary = 48;
constexpr std::uint32_t rings = 3;
constexpr std::uint32_t branches = 6;
constexpr std::uint32_t most_tokens = 50;

PoolConfig config_of(KvFormats kv, std::uint32_t prefix = 0) {
  return {.session = {.context = (kv.values == KvFormat::int4 ? 130U : 90U) + prefix,
                      .sinks = 3,
                      .kv = kv,
                      .hot_window = 16,
                      .prefill_chunk = 24,
                      .draft_tokens = 4},
          .sessions = rings,
          .prefix_tokens = prefix,
          .branches = branches,
          .branch_pages = 40};
}

/// A pool, and for each of its sessions the text that it should hold.
class Forest {
 public:
  Forest(const Model& model, KvFormats kv, std::uint32_t prefix, std::uint64_t seed)
      : model_(model), config_(config_of(kv, prefix)), live_(model, config_), state_(seed) {
    prefix_ = random_tokens(prefix, vocabulary, 5);
    if (prefix > 0) {
      EXPECT_TRUE(live_.pool.prefix(prefix_).ok());
    }
    for (std::uint32_t i = 0; i < rings; ++i) texts_[i] = prefix_;
  }

  void run(int moves) {
    for (int i = 0; i < moves && !testing::Test::HasFailure(); ++i) {
      const std::uint32_t choice = below(12);
      if (choice < 6) {
        step();
      } else if (choice < 10) {
        fork(below(rings + branches), below(rings + branches));
      } else if (choice < 11) {
        reset(below(rings + branches));
      } else {
        check(below(rings + branches));
      }
    }
    for (const auto& [session, text] : std::map(texts_)) check(session);
    EXPECT_GT(forks_, 5);
  }

 private:
  std::uint32_t below(std::uint32_t n) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33) % n;
  }
  [[nodiscard]] bool is_branch(std::uint32_t i) const { return i >= rings; }
  [[nodiscard]] std::uint32_t root_of(std::uint32_t i) const {
    return is_branch(i) ? roots_.at(i) : i;
  }
  [[nodiscard]] std::uint32_t branches_of(std::uint32_t ring) const {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(roots_, [&](const auto& entry) { return entry.second == ring; }));
  }

  /// Some tokens for every session that may go on, in one pass.
  void step() {
    std::vector<Pool::Row> rows;
    for (auto& [session, text] : texts_) {
      const std::uint32_t room = 24 - static_cast<std::uint32_t>(rows.size());
      std::uint64_t count = std::min<std::uint64_t>(room, below(6));
      if (is_branch(session)) count = std::min(count, limits_[session] - text.size());
      if (!is_branch(session) && branches_of(session) > 0) {
        EXPECT_STREQ(live_.pool.session(session).step(1).where(), "session");
        continue;
      }
      for (const TokenId token :
           random_tokens(static_cast<std::size_t>(count), vocabulary, state_)) {
        rows.push_back({session, token, false});
        text.push_back(token);
      }
      below(2);
    }
    if (rows.empty()) return;
    const Status status = live_.pool.step(rows);
    ASSERT_TRUE(status.ok()) << line(status);
  }

  void fork(std::uint32_t from, std::uint32_t to) {
    const std::uint32_t tokens = 1 + below(most_tokens);
    const bool possible = texts_.contains(from) && from != to;
    const bool into_ring = !is_branch(to);
    const bool returns = possible && is_branch(from) && root_of(from) == to;
    const bool free = into_ring ? branches_of(to) <= (returns ? 1U : 0U) : !texts_.contains(to);
    const Status status = live_.pool.fork(from, to, tokens);
    const bool early = possible && !into_ring && texts_.at(from).size() < 3;  // before its sinks
    if (!possible || !free || early) {
      ASSERT_FALSE(status.ok()) << from << " to " << to;
      return;
    }
    if (status.code() == ErrorCode::not_enough_memory) {
      EXPECT_STREQ(status.where(), "branch_pages");
      EXPECT_GT(status.needed(), 40U);
      return;
    }
    ASSERT_TRUE(status.ok()) << line(status);
    ++forks_;
    texts_[to] = texts_.at(from);
    if (!into_ring) {
      roots_[to] = root_of(from);
      limits_[to] = texts_[to].size() + tokens;
    } else if (returns) {
      forget(from);
    }
    ASSERT_EQ(live_.pool.session(to).position(), texts_[to].size());
  }

  void forget(std::uint32_t branch) {
    texts_.erase(branch);
    roots_.erase(branch);
    limits_.erase(branch);
  }

  void reset(std::uint32_t i) {
    live_.pool.session(i).reset();
    if (is_branch(i)) return forget(i);
    for (const auto& [branch, root] : std::map(roots_)) {
      if (root == i) forget(branch);
    }
    texts_[i] = prefix_;
  }

  /// Compares with a lone session of the same text, without changing the pool.
  void check(std::uint32_t i) {
    if (!texts_.contains(i)) {
      EXPECT_STREQ(live_.pool.session(i).step(1).where(), "session");
      return;
    }
    const Tokens& text = texts_.at(i);
    Config alone = config_.session;
    if (!prefix_.empty()) alone.sinks = config_.prefix_tokens;
    LiveSession lone(model_, alone, {}, *kernel_sets().front());
    ASSERT_TRUE(lone.session.prefill(text).ok());
    Session session = live_.pool.session(i);
    ASSERT_EQ(session.position(), text.size());
    // The snapshot, restored into a lone session, goes on as the text does.
    if (text.empty()) return;
    LiveSession restored(model_, alone, {}, *kernel_sets().front());
    const AlignedBytes snapshot = snapshot_of(session);
    ASSERT_TRUE(restored.session.restore(snapshot.span()).ok());
    for (const TokenId token : random_tokens(3, vocabulary, i)) {
      ASSERT_TRUE(restored.session.step(token).ok());
      ASSERT_TRUE(lone.session.step(token).ok());
    }
    ASSERT_TRUE(same_bits(restored.session.logits(), lone.session.logits())) << "session " << i;
  }

  const Model& model_;
  PoolConfig config_;
  LivePool live_;
  Tokens prefix_;
  std::uint64_t state_;
  int forks_ = 0;
  std::map<std::uint32_t, Tokens> texts_;
  std::map<std::uint32_t, std::uint32_t> roots_;
  std::map<std::uint32_t, std::uint64_t> limits_;
};

class Forks : public testing::TestWithParam<KvFormats> {};

TEST_P(Forks, HoldTheirOwnTexts) {
  const LoadedModel file(ring_recipe(), all_int8);
  const LoadedModel hybrid(hybrid_ring_recipe(), all_int8);
  const LoadedModel delta(delta_ring_recipe(), all_int8);
  for (const Model* model : {&file.model, &hybrid.model, &delta.model}) {
    for (const std::uint32_t prefix : {0U, 40U}) {
      for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Forest forest(*model, GetParam(), prefix, seed);
        forest.run(150);
        ASSERT_FALSE(HasFailure()) << "prefix " << prefix << ", seed " << seed;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, Forks,
    testing::Values(KvFormats(KvFormat::f32), KvFormats(KvFormat::f16), KvFormats(KvFormat::int8),
                    KvFormats(KvFormat::int8, KvFormat::int4), KvFormats(KvFormat::int4)),
    [](const testing::TestParamInfo<KvFormats>& instance) {
      return std::string(name_of(instance.param.keys)) + "_" + name_of(instance.param.values);
    });

TEST(ForkedBranches, VerifyAndGoBackAsAlone) {
  const LoadedModel file(ring_recipe(), all_int8);
  const Tokens text = random_tokens(120, vocabulary, 4);
  LivePool live(file.model, config_of(KvFormat::int8));
  LiveSession lone(file.model, config_of(KvFormat::int8).session, {}, *kernel_sets().front());
  ASSERT_TRUE(live.pool.session(0).prefill(text).ok());
  ASSERT_TRUE(lone.session.prefill(text).ok());
  ASSERT_TRUE(live.pool.fork(0, rings, 40).ok());
  Session branch = live.pool.session(rings);
  EXPECT_TRUE(same_bits(branch.logits(), lone.session.logits()));
  EXPECT_EQ(branch.truncate(119).needed(), 120U);
  for (std::uint64_t round = 0; round < 8; ++round) {
    const Tokens drafts = random_tokens(5, vocabulary, round);
    ASSERT_TRUE(branch.verify(drafts).ok());
    ASSERT_TRUE(lone.session.verify(drafts).ok());
    ASSERT_TRUE(branch.truncate(branch.position() - round % 5).ok());
    ASSERT_TRUE(lone.session.truncate(branch.position()).ok());
    ASSERT_TRUE(same_bits(branch.logits(), lone.session.logits())) << round;
  }
  const Status beyond = branch.prefill(random_tokens(40, vocabulary, 9));
  EXPECT_EQ(beyond.code(), ErrorCode::out_of_range);
  EXPECT_EQ(beyond.needed(), 160U);
  EXPECT_STREQ(branch.restore(snapshot_of(lone.session).span()).where(), "session");
  EXPECT_STREQ(live.pool.session(0).restore(snapshot_of(lone.session).span()).where(), "session");
  // The branch becomes the session.
  ASSERT_TRUE(live.pool.fork(rings, 0, 0).ok());
  EXPECT_TRUE(same_bits(live.pool.session(0).logits(), lone.session.logits()));
  ASSERT_TRUE(live.pool.session(0).prefill(text).ok());
  ASSERT_TRUE(lone.session.prefill(text).ok());
  EXPECT_TRUE(same_bits(live.pool.session(0).logits(), lone.session.logits()));
  EXPECT_STREQ(branch.step(1).where(), "session");
}

TEST(ForkedBranches, TakeWhatWasReservedAndNoMore) {
  const LoadedModel file(ring_recipe(), all_int8);
  PoolConfig config = config_of(KvFormat::int8);
  config.branch_pages = 6;  // two branches of 64 tokens
  LivePool live(file.model, config);
  ASSERT_TRUE(live.pool.session(0).prefill(random_tokens(100, vocabulary, 1)).ok());
  ASSERT_TRUE(live.pool.fork(0, rings, 64).ok());
  ASSERT_TRUE(live.pool.fork(0, rings + 1, 64).ok());
  const Status full = live.pool.fork(0, rings + 2, 1);
  EXPECT_EQ(full.code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(full.needed(), 8U);
  EXPECT_EQ(full.actual(), 6U);
  for (std::uint32_t i = 0; i < 64; ++i) {
    ASSERT_TRUE(
        live.pool.step(std::vector<Pool::Row>{{rings, i % 48}, {rings + 1, i * 7 % 48}}).ok());
  }
  live.pool.session(rings).reset();
  EXPECT_TRUE(live.pool.fork(0, rings + 2, 40).ok());
}

TEST(ForkedBranches, EndWithTheirSession) {
  const LoadedModel file(ring_recipe(), all_int8);
  LivePool live(file.model, config_of(KvFormat::int8));
  ASSERT_TRUE(live.pool.session(0).prefill(random_tokens(50, vocabulary, 1)).ok());
  ASSERT_TRUE(live.pool.fork(0, rings, 20).ok());
  Session branch = live.pool.session(rings);
  ASSERT_TRUE(branch.prefill(random_tokens(9, vocabulary, 2)).ok());
  live.pool.session(0).reset();
  EXPECT_EQ(branch.position(), 0U);
  EXPECT_TRUE(branch.logits().empty());
  AlignedBytes room(1 << 16);
  EXPECT_STREQ(branch.save(room.span()).status().where(), "session");
  EXPECT_STREQ(live.pool.fork(rings, 1, 0).where(), "from");
}

TEST(ForkedBranches, CostTheirPagesAndTables) {
  const LoadedModel file(ring_recipe(), all_int8);
  PoolConfig config = config_of(KvFormat::int8);
  const MemoryPlan with = *plan(file.model, config);
  config.branches = config.branch_pages = 0;
  const MemoryPlan without = *plan(file.model, config);
  EXPECT_EQ(without.find(SectionId::branch_pages), nullptr);
  EXPECT_EQ(with.find(SectionId::hot_keys)->bytes, without.find(SectionId::hot_keys)->bytes);
  config.branches = 1;
  EXPECT_STREQ(plan(file.model, config).status().where(), "branch_pages");
  config.branch_pages = 70000;
  EXPECT_STREQ(plan(file.model, config).status().where(), "branch_pages");
}

}  // namespace
}  // namespace ringlet::test
