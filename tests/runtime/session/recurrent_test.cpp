// Sessions of models with short convolutions or gated delta rules: how far they go back, what a
// failed pass leaves behind, what the state costs.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "cache/recurrent.hpp"
#include "model/weights.hpp"
#include "ringlet/cache_layout.hpp"
#include "ringlet/snapshot.hpp"
#include "support/kernel_sets.hpp"
#include "support/pools.hpp"
#include "support/random.hpp"
#include "support/ring_cases.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

constexpr std::uint32_t vocabulary = 48;

const Model& hybrid() {
  static const LoadedModel file(hybrid_ring_recipe(), all_int8);
  return file.model;
}

const Model& delta() {
  static const LoadedModel file(delta_ring_recipe(), all_int8);
  return file.model;
}

/// The parameter is whether the layers have gated delta rules.
class Recurrent : public testing::TestWithParam<bool> {
 protected:
  const Model& model_ = GetParam() ? delta() : hybrid();
};

INSTANTIATE_TEST_SUITE_P(Mixers, Recurrent, testing::Bool(), [](const auto& instance) {
  return std::string(instance.param ? "gated_delta" : "short_convolution");
});

Config config_of(std::uint32_t rewind, std::uint32_t chunk = 8) {
  Config config = ring_config(KvFormat::int8, chunk);
  config.rewind = rewind;
  return config;
}

/// The rings of other layers allow no more.
TEST_P(Recurrent, GoesBackAtMostAPassOfTheRing) {
  EXPECT_TRUE(plan(model_, config_of(8, 8)).ok());
  EXPECT_STREQ(plan(model_, config_of(9, 8)).status().where(), "rewind");
  EXPECT_TRUE(plan(model_, config_of(16, 64)).ok());
  EXPECT_STREQ(plan(model_, config_of(17, 64)).status().where(), "rewind");
}

/// Whoever writes a wrong continuation and goes back goes on as if nothing had happened.
TEST_P(Recurrent, GoesBackAsIfNothingHadComeAfter) {
  constexpr std::uint32_t rewind = 5;
  const std::size_t count = 6000;
  const Tokens text = random_tokens(count, vocabulary, 1);
  const KernelSet& kernels = *kernel_sets().front();
  LiveSession straight(model_, config_of(0), {}, kernels);
  LiveSession winding(model_, config_of(rewind), {}, kernels);
  Random random(3);
  std::size_t highest = 0;
  for (std::size_t at = 0; at < count;) {
    const std::size_t piece = std::min<std::size_t>(1 + random.below(11), count - at);
    ASSERT_TRUE(straight.session.prefill(std::span(text).subspan(at, piece)).ok());
    ASSERT_TRUE(winding.session.prefill(std::span(text).subspan(at, piece)).ok());
    at += piece;
    ASSERT_TRUE(same_bits(winding.session.logits(), straight.session.logits())) << at;
    const std::size_t ahead = random.below(rewind + 1);
    ASSERT_TRUE(winding.session.prefill(random_tokens(ahead, vocabulary, at)).ok());
    highest = std::max(highest, at + ahead);
    const std::size_t earliest = highest > rewind ? highest - rewind : 0;
    const auto most = static_cast<std::uint32_t>(at - std::min(earliest, at));
    const std::size_t back = random.below(most + 1);
    ASSERT_TRUE(winding.session.truncate(at - back).ok());
    ASSERT_TRUE(winding.session.prefill(std::span(text).subspan(at - back, back)).ok());
    if (back > 0) {
      ASSERT_TRUE(same_bits(winding.session.logits(), straight.session.logits())) << at;
    }
  }
}

TEST_P(Recurrent, GoesBackNoFurther) {
  for (const std::uint32_t rewind : {0U, 3U}) {
    LiveSession live(model_, config_of(rewind));
    ASSERT_TRUE(live.session.prefill(random_tokens(20, vocabulary, 1)).ok());
    const std::vector<float> before = logits_of(live.session);
    // The log of a delta rule has a row for the next token, too.
    const std::uint32_t most = rewind + (GetParam() ? 1 : 0);
    const Status status = live.session.truncate(20 - most - 1);
    EXPECT_EQ(status.code(), ErrorCode::out_of_range);
    EXPECT_STREQ(status.where(), "position");
    EXPECT_EQ(status.needed(), 20 - most);
    EXPECT_EQ(live.session.position(), 20U);
    EXPECT_TRUE(same_bits(live.session.logits(), before));
    EXPECT_TRUE(live.session.truncate(20 - most).ok());
    EXPECT_TRUE(live.session.truncate(0).ok()) << "nothing is remembered there";
    LiveSession fresh(model_, config_of(rewind));
    ASSERT_TRUE(live.session.step(7).ok());
    ASSERT_TRUE(fresh.session.step(7).ok());
    EXPECT_TRUE(same_bits(live.session.logits(), fresh.session.logits()));
  }
}

TEST_P(Recurrent, DraftsAreWhatItCanGoBackAtLeast) {
  Config config = config_of(0, 16);
  config.draft_tokens = 6;
  LiveSession drafted(model_, config);
  EXPECT_EQ(drafted.session.config().rewind, 6U);
  LiveSession lone(model_, config_of(0));
  const Tokens text = random_tokens(400, vocabulary, 5);
  ASSERT_TRUE(drafted.session.step(text[0]).ok());
  ASSERT_TRUE(lone.session.step(text[0]).ok());
  for (std::size_t at = 1; at + 7 < text.size();) {
    const std::size_t accepted = 1 + at % 7;
    Tokens drafts = random_tokens(7, vocabulary, at);
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), accepted, drafts.begin());
    ASSERT_TRUE(drafted.session.verify(drafts).ok());
    ASSERT_TRUE(drafted.session.truncate(at + accepted).ok());
    for (std::size_t i = 0; i < accepted; ++i) {
      ASSERT_TRUE(lone.session.step(text[at + i]).ok());
      ASSERT_TRUE(
          same_bits(drafted.session.logits(static_cast<std::uint32_t>(i)), lone.session.logits()))
          << at + i;
    }
    at += accepted;
  }
}

constexpr TokenId spoiled = 11;

/// A model whose embedding of one token is not finite.
LoadedModel with_spoiled_token(bool is_delta) {
  Recipe recipe = is_delta ? delta_ring_recipe() : hybrid_ring_recipe();
  recipe.architecture.tied_embedding = false;
  LoadedModel file(recipe, all_f32);
  const PackedMatrix table = embedding(file.model);
  auto* row = const_cast<float*>(reinterpret_cast<const float*>(table.codes)) +  // NOLINT: ours
              std::size_t{spoiled} * table.columns;
  row[3] = std::numeric_limits<float>::quiet_NaN();
  return file;
}

/// A pass that computed NaN has changed nothing.
TEST_P(Recurrent, AFailedPassLeavesTheStateAsItWas) {
  const LoadedModel file = with_spoiled_token(GetParam());
  // A state of a delta rule is only changed by passes that are longer than its log.
  const std::uint32_t rewind = GetParam() ? 2 : 0;
  LiveSession live(file.model, config_of(rewind));
  LiveSession undisturbed(file.model, config_of(rewind));
  Tokens text = random_tokens(60, vocabulary, 9);
  std::erase(text, spoiled);
  for (std::size_t at = 0; at + 4 < text.size(); at += 4) {
    const auto piece = std::span(text).subspan(at, 4);
    ASSERT_TRUE(live.session.prefill(piece).ok());
    ASSERT_TRUE(undisturbed.session.prefill(piece).ok());
    ASSERT_EQ(live.session.prefill(Tokens{text[0], spoiled, text[1]}).code(),
              ErrorCode::not_finite);
    ASSERT_EQ(live.session.position(), at + 4);
  }
  ASSERT_TRUE(live.session.step(text[0]).ok());
  ASSERT_TRUE(undisturbed.session.step(text[0]).ok());
  EXPECT_TRUE(same_bits(live.session.logits(), undisturbed.session.logits()));
}

/// A longer one may have changed the state of a delta rule; the session then begins anew, and says
/// so by its position.
TEST(RecurrentState, ALongPassThatFailsBeginsAnew) {
  const LoadedModel file = with_spoiled_token(true);
  LiveSession live(file.model, config_of(1));
  LiveSession fresh(file.model, config_of(1));
  Tokens text = random_tokens(20, vocabulary, 9);
  std::erase(text, spoiled);
  ASSERT_TRUE(live.session.prefill(text).ok());
  ASSERT_EQ(live.session.prefill(Tokens{1, 2, spoiled, 3}).code(), ErrorCode::not_finite);
  EXPECT_EQ(live.session.position(), 0U);
  ASSERT_TRUE(live.session.prefill(text).ok());
  ASSERT_TRUE(fresh.session.prefill(text).ok());
  EXPECT_TRUE(same_bits(live.session.logits(), fresh.session.logits()));
}

/// What a file recommends for the cache of a layer that has none does not matter.
TEST(RecurrentPlan, HasNoCacheOfLayersThatDoNotAttend) {
  convert::SourceModel source = make_source(hybrid_ring_recipe());
  for (convert::SourceLayer& layer : source.layers) {
    if (layer.mixer != Mixer::attention) layer.kv = KvFormat::int4;
  }
  const LoadedModel file(write_image(source, all_int8));
  Config config = config_of(0, 16);
  config.kv = {};
  config.hot_window = 8;
  EXPECT_TRUE(plan(file.model, config).ok());
}

TEST(RecurrentPlan, HasTheStateAndItsLog) {
  const Architecture& a = delta().architecture();
  for (const auto& [rewind, drafts] : {std::pair(0U, 0U), std::pair(4U, 0U), std::pair(2U, 5U)}) {
    Config config = config_of(rewind, 16);
    config.draft_tokens = drafts;
    const MemoryPlan planned = *plan(delta(), config);
    const std::uint64_t logged = std::max(rewind, drafts) + drafts + 1;
    const std::uint64_t matrices =
        std::uint64_t{a.state_heads} * a.state_head_dim * a.state_key_dim;
    const std::uint64_t change = a.state_values() + a.state_queries() + 16;
    const std::uint64_t bytes = 2 * (matrices + logged * change) * sizeof(float);
    EXPECT_EQ(planned.find(SectionId::recurrent_states)->bytes, bytes);
    EXPECT_EQ(cache_layout(delta(), config, 0).state_bytes, bytes / 2);
  }
}

/// Tokens that change nothing let the state fade to exact zeros, on every kernel set.
TEST(RecurrentState, FadesToZero) {
  const Architecture& a = delta().architecture();
  for (const KernelSet* kernels : kernel_sets()) {
    std::vector<float> tile(std::size_t{16} * a.state_key_dim, 1.0F);
    const std::vector<float> nothing(a.state_key_dim, 0.0F);
    const StateUpdate fade{nothing.data(), nothing.data(), 0.97F};
    for (int i = 0; i < 5000; ++i) {
      kernels->recur(tile.data(), tile.data(), a.state_key_dim, &fade, 1, nullptr);
    }
    EXPECT_TRUE(std::ranges::all_of(tile, [](float x) { return std::bit_cast<int>(x) == 0; }))
        << kernels->name;
  }
}

/// Snapshots have the same bytes whatever the chunks and whatever the rewind.
TEST_P(Recurrent, SnapshotsDependOnTheTextAlone) {
  const Tokens text = random_tokens(90, vocabulary, 4);
  std::vector<AlignedBytes> snapshots;
  for (const auto& [rewind, piece] : {std::pair(0U, 1U), std::pair(0U, 7U), std::pair(7U, 8U)}) {
    LiveSession live(model_, config_of(rewind));
    (void)prefill_in_pieces(live.session, text, piece);
    snapshots.push_back(snapshot_of(live.session));
  }
  for (const AlignedBytes& other : snapshots) {
    EXPECT_TRUE(std::ranges::equal(other.span(), snapshots[0].span()));
  }
  LiveSession restored(model_, config_of(4));
  ASSERT_TRUE(restored.session.restore(snapshots[0].span()).ok());
  EXPECT_EQ(restored.session.truncate(89).needed(), 90U) << "nothing before it was saved";
}

TEST_P(Recurrent, SnapshotsWithNumbersThatAreNotFiniteAreRefused) {
  LiveSession live(model_, config_of(0));
  ASSERT_TRUE(live.session.prefill(random_tokens(9, vocabulary, 4)).ok());
  AlignedBytes snapshot = snapshot_of(live.session);
  const RecurrentSizes sizes = recurrent_sizes(model_, live.session.config());
  const std::size_t logits = (vocabulary * sizeof(float) + 63) / 64 * 64;
  const std::size_t at = snapshot.span().size() - 8 - logits - 4;
  ASSERT_GT(sizes.saved_bytes(), 0U);
  const float infinite = std::numeric_limits<float>::infinity();
  std::memcpy(snapshot.span().data() + at, &infinite, sizeof(infinite));
  seal_snapshot(snapshot.span());
  const Status status = live.session.restore(snapshot.span());
  EXPECT_STREQ(status.where(), "recurrent inputs");
  EXPECT_EQ(live.session.position(), 9U);
}

TEST(RecurrentPlan, HasTheInputs) {
  const Architecture& a = hybrid().architecture();
  const std::uint64_t stride = (a.dim + 15) / 16 * 16;
  for (const std::uint32_t rewind : {0U, 4U}) {
    const MemoryPlan planned = *plan(hybrid(), config_of(rewind));
    const std::uint64_t rows = a.convolution - 1 + rewind;
    EXPECT_EQ(planned.find(SectionId::recurrent_inputs)->bytes, 128 + 2 * 2 * rows * stride * 4);
    const CacheLayout layout = cache_layout(hybrid(), config_of(rewind), 0);
    EXPECT_EQ(layout.inputs, rows);
    EXPECT_EQ(128 + 2 * layout.bytes, planned.find(SectionId::recurrent_inputs)->bytes);
    EXPECT_EQ(layout.page_bytes + layout.ring_slots + layout.window, 0U);
  }
  Config config = config_of(65);
  EXPECT_STREQ(plan(hybrid(), config).status().where(), "rewind");
  const LoadedModel plain(ring_recipe(), all_int8);
  EXPECT_EQ(plan(plain.model, config_of(4))->find(SectionId::recurrent_inputs), nullptr);
  EXPECT_EQ(plan(plain.model, config_of(4))->total(), plan(plain.model, config_of(0))->total());
}

/// A prefix that all share, and prompts beside each other's tokens.
TEST_P(Recurrent, PoolsComputeWhatLoneSessionsDo) {
  const Tokens prefix = random_tokens(12, vocabulary, 1);
  PoolConfig config{.session = config_of(2, 16), .sessions = 3, .prefix_tokens = 12};
  config.session.context = 60;
  LivePool live(model_, config);
  ASSERT_TRUE(live.pool.prefix(prefix).ok());
  std::vector<Tokens> texts(3, prefix);
  Random random(5);
  for (int pass = 0; pass < 200; ++pass) {
    std::vector<Pool::Row> rows;
    for (std::uint32_t i = 0; i < 3; ++i) {
      for (std::uint32_t n = random.below(5); n > 0; --n) {
        texts[i].push_back(random.below(vocabulary));
        rows.push_back({i, texts[i].back(), n == 1});
      }
    }
    if (rows.empty()) continue;
    ASSERT_TRUE(live.pool.step(rows).ok());
    if (pass % 50 == 49) {
      const std::uint32_t again = random.below(3);
      live.pool.session(again).reset();
      texts[again] = prefix;
    }
  }
  for (std::uint32_t i = 0; i < 3; ++i) {
    Config alone = live.pool.config().session;
    LiveSession lone(model_, alone, {}, *kernel_sets().front());
    texts[i].push_back(3);
    ASSERT_TRUE(lone.session.prefill(texts[i]).ok());
    ASSERT_TRUE(live.pool.session(i).step(3).ok());
    EXPECT_TRUE(same_bits(live.pool.session(i).logits(), lone.session.logits())) << i;
  }
}

}  // namespace
}  // namespace ringlet::test
