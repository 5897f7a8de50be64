// A pool of sessions computes what as many lone sessions compute, bit for bit: for random schedules
// of rows, prompts, drafts, resets and snapshots, on any threads, with and without a prefix.
#include "ringlet/pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "support/family_models.hpp"
#include "support/kernel_sets.hpp"
#include "support/pools.hpp"
#include "support/ring_cases.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"
#include "support/thread_team.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

#ifdef __SANITIZE_THREAD__
constexpr int moves_of_a_schedule = 8;  // each takes twenty times as long
#else
constexpr int moves_of_a_schedule = 40;
#endif

/// The configuration of a lone session that computes the same.
Config alone(const PoolConfig& config) {
  Config session = config.session;
  if (config.prefix_tokens != 0) session.sinks = config.prefix_tokens;
  return session;
}

/// Random moves of a pool and of its lone doubles.
class Schedule {
 public:
  Schedule(const Model& model, const PoolConfig& config, const Team& team, const KernelSet& kernels,
           std::uint64_t seed)
      : model_(model), config_(config), live_(model, config, team, kernels), state_(seed) {
    const Tokens prefix = random_tokens(config.prefix_tokens, vocabulary(), 5);
    if (!prefix.empty()) {
      EXPECT_TRUE(live_.pool.prefix(prefix).ok());
    }
    for (std::uint32_t i = 0; i < config.sessions; ++i) {
      doubles_.push_back(std::make_unique<LiveSession>(model, alone(config), Team{}, kernels));
      begin(i);
    }
  }

  void run(int moves) {
    for (int i = 0; i < moves && !testing::Test::HasFailure(); ++i) {
      const std::uint32_t choice = below(20);
      const std::uint32_t session = below(config_.sessions);
      if (choice < 14) {
        step();
      } else if (choice < 15) {
        prefill(session);
      } else if (choice < 16) {
        go_back(session);
      } else if (choice < 17) {
        live_.pool.session(session).reset();
        begin(session);
      } else if (choice < 18) {
        move_snapshot(session, below(config_.sessions));
      } else {
        verify(session);
      }
    }
    for (std::uint32_t i = 0; i < config_.sessions; ++i) compare(i);
  }

 private:
  [[nodiscard]] std::uint32_t vocabulary() const { return model_.architecture().vocab_size; }
  std::uint32_t below(std::uint32_t n) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33) % n;
  }
  Tokens some_tokens(std::size_t count) { return random_tokens(count, vocabulary(), state_); }
  Session& lone(std::uint32_t i) { return doubles_[i]->session; }

  void begin(std::uint32_t i) {
    lone(i).reset();
    const Tokens prefix = random_tokens(config_.prefix_tokens, vocabulary(), 5);
    if (!prefix.empty()) {
      EXPECT_TRUE(lone(i).prefill(prefix).ok());
    }
    EXPECT_EQ(lone(i).position(), live_.pool.session(i).position());
  }

  /// One pass over rows of random sessions: single tokens, drafts, pieces of prompts.
  void step() {
    std::vector<std::uint32_t> order(config_.sessions);
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::uint32_t i = 0; i + 1 < order.size(); ++i) {
      std::swap(order[i], order[i + below(static_cast<std::uint32_t>(order.size()) - i)]);
    }
    order.resize(1 + below(config_.sessions));
    std::vector<Pool::Row> rows;
    std::vector<std::vector<float>> expected;
    for (const std::uint32_t i : order) {
      const std::uint32_t room =
          config_.session.prefill_chunk - static_cast<std::uint32_t>(rows.size());
      if (room == 0) break;
      const std::uint32_t count = std::min(room, below(3) == 0 ? 1 + below(20) : 1 + below(3));
      const std::uint32_t most = config_.session.draft_tokens + 1;
      const std::uint32_t wanted = below(4) == 0 ? 0 : 1 + below(std::min(count, most));
      const Tokens tokens = some_tokens(count);
      for (std::uint32_t k = 0; k < count; ++k) {
        const bool first = k + wanted == count;
        // Later rows get logits although they do not ask for them.
        rows.push_back(
            {i, tokens[k], wanted > 0 && (first || below(2) == 0) && k + wanted >= count});
        EXPECT_TRUE(lone(i).step(tokens[k]).ok());
        expected.push_back(k + wanted >= count && wanted > 0 ? logits_of(lone(i))
                                                             : std::vector<float>());
      }
    }
    if (rows.empty()) return;
    const Status status = live_.pool.step(rows);
    ASSERT_TRUE(status.ok()) << line(status);
    for (std::uint32_t r = 0; r < rows.size(); ++r) {
      ASSERT_TRUE(same_bits(live_.pool.logits(r), expected[r])) << "row " << r;
    }
  }

  void prefill(std::uint32_t i) {
    const Tokens tokens = some_tokens(1 + below(40));
    Session session = live_.pool.session(i);
    ASSERT_TRUE(session.prefill(tokens).ok());
    ASSERT_TRUE(lone(i).prefill(tokens).ok());
    ASSERT_TRUE(same_bits(session.logits(), lone(i).logits()));
  }

  void verify(std::uint32_t i) {
    const Tokens tokens = some_tokens(1 + below(config_.session.draft_tokens + 1));
    Session session = live_.pool.session(i);
    ASSERT_TRUE(session.verify(tokens).ok());
    const std::uint64_t kept =
        session.position() - below(static_cast<std::uint32_t>(tokens.size()));
    ASSERT_TRUE(session.truncate(kept).ok());
    ASSERT_TRUE(lone(i).verify(tokens).ok());
    ASSERT_TRUE(lone(i).truncate(kept).ok());
    ASSERT_TRUE(same_bits(session.logits(), lone(i).logits()));
  }

  void go_back(std::uint32_t i) {
    Session session = live_.pool.session(i);
    const std::uint64_t target =
        session.position() - std::min<std::uint64_t>(session.position(), below(30));
    const Status a = session.truncate(target);
    const Status b = lone(i).truncate(target);
    // A lone session may go back into the prefix, which those of a pool share.
    if (target >= config_.prefix_tokens) {
      ASSERT_EQ(line(a), line(b));
      return;
    }
    ASSERT_EQ(a.code(), ErrorCode::out_of_range);
    if (b.ok()) {
      session.reset();
      begin(i);
    }
  }

  /// Saves one session and restores the snapshot into another.
  void move_snapshot(std::uint32_t from, std::uint32_t to) {
    step_both(from);
    const std::vector<std::byte> bytes = saved_bytes(live_.pool.session(from));
    const AlignedBytes snapshot(bytes);
    ASSERT_TRUE(live_.pool.session(to).restore(snapshot.span()).ok());
    ASSERT_TRUE(lone(to).restore(snapshot.span()).ok());
    ASSERT_TRUE(same_bits(live_.pool.session(to).logits(), lone(to).logits()));
    compare(to);
  }

  /// Rows without logits leave none, and a single step leaves some again.
  void step_both(std::uint32_t i) {
    const TokenId token = below(vocabulary());
    ASSERT_TRUE(live_.pool.session(i).step(token).ok());
    ASSERT_TRUE(lone(i).step(token).ok());
  }

  void compare(std::uint32_t i) {
    // A reset leaves other bytes behind in slots that count for nothing; these write them all.
    const Tokens tokens = some_tokens(64);
    ASSERT_TRUE(live_.pool.session(i).prefill(tokens).ok());
    ASSERT_TRUE(lone(i).prefill(tokens).ok());
    ASSERT_EQ(live_.pool.session(i).position(), lone(i).position());
    ASSERT_TRUE(same_bits(live_.pool.session(i).logits(), lone(i).logits())) << i;
    ASSERT_EQ(saved_bytes(live_.pool.session(i)), saved_bytes(lone(i))) << i;
  }

  const Model& model_;
  PoolConfig config_;
  LivePool live_;
  std::vector<std::unique_ptr<LiveSession>> doubles_;
  std::uint64_t state_;
};

Recipe recipe(bool windows) {
  Recipe recipe = ring_recipe();
  if (!windows) recipe.windows = {};
  recipe.key_bias = 0.5F;
  return recipe;
}

class PoolOf : public testing::TestWithParam<RingFormats> {
 protected:
  [[nodiscard]] static PoolConfig config(std::uint32_t sessions, std::uint32_t prefix) {
    const bool tiers = GetParam().kv.values == KvFormat::int4;
    return {.session = {.context = (tiers ? 100U : 40U) + prefix,
                        .sinks = 3,
                        .kv = GetParam().kv,
                        .hot_window = 16,
                        .prefill_chunk = 24,
                        .threads = 3,
                        .draft_tokens = 4},
            .sessions = sessions,
            .prefix_tokens = prefix};
  }
};

TEST_P(PoolOf, SessionsEqualsAsManyLoneOnes) {
  struct Shape {
    std::uint32_t sessions;
    std::uint32_t prefix;
    std::uint32_t threads;
    bool windows;
  };
  std::size_t seed = 1;
  for (const Shape& shape : {Shape{1, 0, 1, false}, Shape{1, 21, 3, true}, Shape{2, 70, 1, false},
                             Shape{3, 1, 3, false}, Shape{5, 0, 3, true}, Shape{5, 21, 1, true}}) {
    const LoadedModel file(recipe(shape.windows), GetParam().weights);
    ThreadTeam team(shape.threads);
    const KernelSet& kernels = *kernel_sets()[seed % kernel_sets().size()];
    Schedule schedule(file.model, config(shape.sessions, shape.prefix), team.team(), kernels,
                      ++seed);
    schedule.run(moves_of_a_schedule);
    ASSERT_FALSE(HasFailure()) << shape.sessions << " sessions, prefix " << shape.prefix << ", "
                               << name_of(kernels) << (shape.windows ? ", windows" : "");
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, PoolOf, testing::ValuesIn(ring_formats), ring_name);

TEST(PoolFamilies, EveryFamilyPools) {
  for (std::size_t i = 0; i < runtime_families().size(); ++i) {
    const Model& model = family_model(i).model;
    const PoolConfig config{
        .session = {.prefill_chunk = 24, .draft_tokens = 3}, .sessions = 3, .prefix_tokens = 6};
    if (model.architecture().learned_positions != 0) continue;  // its sessions end
    Schedule schedule(model, config, {}, *kernel_sets().front(), i);
    schedule.run(40);
    ASSERT_FALSE(HasFailure()) << runtime_families()[i].name;
  }
}

}  // namespace
}  // namespace ringlet::test
