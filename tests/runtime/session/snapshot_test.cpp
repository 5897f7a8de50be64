// A saved and restored session continues with the same bits as one that never stopped: for every
// format of the cache and every phase of the ring, on other kernels, threads and chunks, and with
// the same limits on going back.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ringlet/linux/threads.hpp"
#include "support/kernel_sets.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

struct Format {
  KvFormats kv;
  const char* name;
};

Recipe recipe() {
  Recipe recipe{.architecture = architecture_with_heads(6, 3, 24)};
  recipe.architecture.layers = 3;
  recipe.windows = {0, 11, 0};
  recipe.architecture.trained_context = 400;
  recipe.hadamard_keys = true;
  return recipe;
}

class Snapshot : public testing::TestWithParam<Format> {
 protected:
  static constexpr std::uint32_t sinks = 3;

  /// Rings of one tier have 64 slots, those of two a hot one of 32 and a cold one of 96.
  [[nodiscard]] static Config config(std::uint32_t chunk = 8) {
    const bool tiers = GetParam().kv.values == KvFormat::int4;
    return {.context = tiers ? 100U : 40U,
            .sinks = sinks,
            .kv = GetParam().kv,
            .hot_window = 16,
            .prefill_chunk = chunk};
  }

  /// Inside the sink tokens, at their end, before the first wrap, at it, after several, in the
  /// middle and at the end of pages.
  static constexpr std::uint64_t positions[] = {0,  2,  3,   4,   20,  32,  35,  66,  67,
                                                68, 99, 100, 131, 135, 160, 161, 250, 300};

  [[nodiscard]] std::span<const TokenId> first(std::size_t n) const {
    return std::span(tokens).first(n);
  }
  [[nodiscard]] std::span<const TokenId> after(std::size_t n, std::size_t count) const {
    return std::span(tokens).subspan(n, count);
  }

  LoadedModel file{recipe(), all_int8};
  const Model& model = file.model;
  std::vector<TokenId> tokens = random_tokens(400, 48, 11);
};

TEST_P(Snapshot, GoesOnAsIfItHadNeverStopped) {
  for (const std::uint64_t position : positions) {
    LiveSession original(model, config());
    prefill_in_pieces(original.session, first(position), 7);
    const AlignedBytes snapshot = snapshot_of(original.session);
    LiveSession other(model, config());
    prefill_in_pieces(other.session, first(77), 9);  // something to forget
    const Status status = other.session.restore(snapshot.span());
    ASSERT_TRUE(status.ok()) << line(status) << " at " << position;
    EXPECT_EQ(other.session.position(), position);
    EXPECT_TRUE(same_bits(other.session.logits(), original.session.logits())) << position;
    const auto rest = after(position, 100);
    EXPECT_EQ(digest_of_steps(other.session, rest), digest_of_steps(original.session, rest))
        << position;
    const AlignedBytes later = snapshot_of(original.session);
    const AlignedBytes other_later = snapshot_of(other.session);
    EXPECT_EQ(later.size(), other_later.size());
  }
}

TEST_P(Snapshot, OnOtherKernelsAndThreads) {
  Config planned = config();
  planned.threads = 2;
  port::ThreadTeam team(2);
  for (const std::uint64_t position : {20U, 135U}) {
    LiveSession original(model, config());
    prefill_in_pieces(original.session, first(position), 7);
    const AlignedBytes snapshot = snapshot_of(original.session);
    const auto rest = after(position, 25);
    const std::uint64_t expected = digest_of_steps(original.session, rest);
    for (const KernelSet* set : kernel_sets()) {
      LiveSession other(model, planned, team.team(), *set);
      ASSERT_TRUE(other.session.restore(snapshot.span()).ok());
      EXPECT_EQ(digest_of_steps(other.session, rest), expected) << name_of(*set);
      // And back: the scalar set continues from what that set saved.
      LiveSession there(model, planned, team.team(), *set);
      prefill_in_pieces(there.session, first(position), 5);
      LiveSession back(model, config());
      ASSERT_TRUE(back.session.restore(snapshot_of(there.session).span()).ok());
      EXPECT_EQ(digest_of_steps(back.session, rest), expected) << name_of(*set);
    }
  }
}

TEST_P(Snapshot, IntoChunksOfOtherSizesWhereTheSlotsAreTheSame) {
  for (const std::uint64_t position : {20U, 68U, 250U}) {
    LiveSession original(model, config(8));
    prefill_in_pieces(original.session, first(position), 8);
    const AlignedBytes snapshot = snapshot_of(original.session);
    const auto rest = after(position, 50);
    const std::uint64_t expected = digest_of_steps(original.session, rest);
    for (const std::uint32_t chunk : {1U, 5U, 16U}) {
      LiveSession other(model, config(chunk));
      const Status status = other.session.restore(snapshot.span());
      ASSERT_TRUE(status.ok()) << line(status);
      EXPECT_EQ(digest_of_steps(other.session, rest), expected) << chunk;
    }
  }
}

TEST_P(Snapshot, GoesBackAsFarAsTheOriginal) {
  for (const std::uint64_t position : {30U, 90U, 170U}) {
    LiveSession original(model, config());
    prefill_in_pieces(original.session, first(position), 8);
    LiveSession other(model, config());
    ASSERT_TRUE(other.session.restore(snapshot_of(original.session).span()).ok());
    const Status refused = original.session.truncate(0);
    const std::uint64_t earliest = refused.ok() ? 0 : refused.needed();
    if (!refused.ok()) {
      EXPECT_EQ(other.session.truncate(earliest - 1).needed(), earliest);
      ASSERT_TRUE(original.session.truncate(earliest).ok());
    }
    ASSERT_TRUE(other.session.truncate(earliest).ok()) << position;
    const auto rest = after(earliest, 60);
    EXPECT_EQ(digest_of_steps(other.session, rest), digest_of_steps(original.session, rest));
  }
}

TEST_P(Snapshot, OfASessionThatWentBack) {
  for (const std::uint64_t position : {30U, 67U, 170U}) {
    LiveSession original(model, config());
    prefill_in_pieces(original.session, first(position), 8);
    ASSERT_TRUE(original.session.prefill(random_tokens(6, 48, position)).ok());
    ASSERT_TRUE(original.session.truncate(position - 1).ok());
    LiveSession other(model, config());
    ASSERT_TRUE(other.session.restore(snapshot_of(original.session).span()).ok());
    EXPECT_TRUE(other.session.logits().empty());
    const auto rest = after(position - 1, 60);
    EXPECT_EQ(digest_of_steps(other.session, rest), digest_of_steps(original.session, rest));
    // The limit on going back is the same as before.
    EXPECT_EQ(other.session.truncate(5).needed(), original.session.truncate(5).needed());
  }
}

TEST_P(Snapshot, HasTheSizeThatIsToldBeforehand) {
  const SamplerOptions options{.temperature = 1, .repeat_window = 64, .seed = 3};
  std::uint64_t largest = 0;
  for (const std::uint64_t position : positions) {
    LiveSession live(model, config());
    auto sampler = *live.session.sampler(options);
    for (int i = 0; i < 70; ++i) sampler.observe(1);
    prefill_in_pieces(live.session, first(position), 7);
    const AlignedBytes snapshot = snapshot_of(live.session, &sampler);
    const std::uint64_t told = *snapshot_bytes(model, config(), position);
    EXPECT_EQ(snapshot.size() + (position == 0 ? 192 : 0), told) << "48 logits at " << position;
    EXPECT_GE(told, largest) << "grows with the position";
    largest = told;
  }
  EXPECT_EQ(*snapshot_bytes(model, config()), largest) << "until all slots are in use";
  EXPECT_EQ(*snapshot_bytes(model, config(), std::uint64_t{1} << 50), largest);
}

TEST_P(Snapshot, NeedsExactlyItsBytes) {
  LiveSession live(model, config());
  prefill_in_pieces(live.session, first(50), 7);
  const AlignedBytes snapshot = snapshot_of(live.session);
  AlignedBytes memory(snapshot.size() + 64, std::byte{0x5A});
  for (std::size_t size = 0; size < snapshot.size(); size += size < 500 ? 1 : 101) {
    const auto refused = live.session.save(memory.span().first(size));
    ASSERT_EQ(refused.status().code(), ErrorCode::not_enough_memory) << size;
    ASSERT_EQ(refused.status().needed(), snapshot.size());
    ASSERT_EQ(memory[0], std::byte{0x5A}) << "nothing was written";
  }
  ASSERT_TRUE(live.session.save(memory.span()).ok());
  EXPECT_EQ(memory[snapshot.size()], std::byte{0x5A}) << "after the snapshot";
  EXPECT_EQ(std::memcmp(memory.data(), snapshot.data(), snapshot.size()), 0)
      << "saving changes nothing";
  EXPECT_STREQ(live.session.save(memory.span().subspan(4)).status().where(), "out");
}

TEST_P(Snapshot, AtPositionsBeyond32Bits) {
  // The slots of a later position that is a multiple of all numbers of slots away are the same.
  constexpr std::uint64_t far = (std::uint64_t{1} << 50) * 3;
  LiveSession near(model, config());
  prefill_in_pieces(near.session, first(200), 8);
  AlignedBytes snapshot = snapshot_of(near.session);
  set_header<std::uint64_t>(snapshot, schema::Snapshot::VT_WRITTEN, 200 + far);
  set_header<std::uint64_t>(snapshot, schema::Snapshot::VT_POSITION, 200 + far);
  LiveSession one(model, config());
  LiveSession two(model, config());
  ASSERT_TRUE(one.session.restore(snapshot.span()).ok());
  EXPECT_EQ(one.session.position(), 200 + far);
  ASSERT_TRUE(one.session.prefill(after(200, 50)).ok());
  ASSERT_TRUE(two.session.restore(snapshot_of(one.session).span()).ok());
  EXPECT_EQ(two.session.position(), 250 + far);
  const auto rest = after(250, 100);
  EXPECT_EQ(digest_of_steps(two.session, rest), digest_of_steps(one.session, rest));
}

constexpr Format formats[] = {{KvFormat::f32, "f32"},
                              {KvFormat::f16, "f16"},
                              {KvFormat::int8, "int8"},
                              {{KvFormat::int8, KvFormat::int4}, "k8v4"},
                              {KvFormat::int4, "int4"}};

INSTANTIATE_TEST_SUITE_P(Formats, Snapshot, testing::ValuesIn(formats),
                         [](const testing::TestParamInfo<Format>& instance) {
                           return std::string(instance.param.name);
                         });

TEST(SnapshotOfASampler, GoesOnWithTheSameDraws) {
  const LoadedModel file{recipe(), all_int8};
  const SamplerOptions options{
      .temperature = 2, .repeat_penalty = 1.5F, .repeat_window = 20, .seed = 7};
  const SamplerOptions others{
      .temperature = 2, .repeat_penalty = 1.5F, .repeat_window = 20, .seed = 8};
  const Config config{.context = 40, .sinks = 3, .kv = KvFormat::int8, .prefill_chunk = 8};
  LiveSession one(file.model, config);
  LiveSession two(file.model, config);
  auto first = *one.session.sampler(options);
  auto second = *two.session.sampler(others);
  ASSERT_TRUE(one.session.step(1).ok());
  for (int i = 0; i < 33; ++i)
    ASSERT_TRUE(one.session.step(first.sample(one.session.logits())).ok());
  for (int i = 0; i < 5; ++i) second.observe(9);
  ASSERT_TRUE(two.session.restore(snapshot_of(one.session, &first).span(), &second).ok());
  EXPECT_EQ(second.state().seed, 7U);
  EXPECT_EQ(second.state().draws, 33U);
  EXPECT_EQ(second.recent_count(), 20U);
  for (int i = 0; i < 60; ++i) {
    const TokenId token = first.sample(one.session.logits());
    ASSERT_EQ(second.sample(two.session.logits()), token) << i;
    ASSERT_TRUE(one.session.step(token).ok());
    ASSERT_TRUE(two.session.step(token).ok());
  }
}

TEST(SnapshotOfASampler, IsLeftAloneByASnapshotThatKnowsOfNone) {
  const LoadedModel file{recipe(), all_int8};
  LiveSession live(file.model, {.context = 40});
  auto sampler = *live.session.sampler({.temperature = 1, .seed = 5});
  sampler.observe(3);
  ASSERT_TRUE(live.session.step(1).ok());
  ASSERT_TRUE(live.session.restore(snapshot_of(live.session).span(), &sampler).ok());
  EXPECT_EQ(sampler.recent_count(), 1U);
  EXPECT_EQ(sampler.state().seed, 5U);
}

TEST(SnapshotInfo, TellsWhatTheSnapshotIsOf) {
  const LoadedModel file{recipe(), all_int8};
  LiveSession live(
      file.model,
      {.context = 90, .sinks = 5, .kv = KvFormat::int4, .hot_window = 20, .prefill_chunk = 9});
  auto sampler = *live.session.sampler({});
  ASSERT_TRUE(live.session.prefill(random_tokens(123, 48, 1)).ok());
  const AlignedBytes snapshot = snapshot_of(live.session, &sampler);
  const auto info = snapshot_info(snapshot.span());
  ASSERT_TRUE(info.ok()) << line(info.status());
  EXPECT_EQ(info->model_hash, file.model.hash());
  EXPECT_EQ(info->position, 123U);
  EXPECT_EQ(info->context, 90U);
  EXPECT_EQ(info->sinks, 5U);
  EXPECT_EQ(info->hot_window, 20U);
  EXPECT_EQ(info->prefill_chunk, 9U);
  EXPECT_EQ(info->kv, KvFormats(KvFormat::int4));
  EXPECT_TRUE(info->has_logits);
  EXPECT_TRUE(info->has_sampler);
}

TEST(ModelHash, TellsModelsApart) {
  Recipe other = recipe();
  other.seed = 2;
  const LoadedModel one{recipe(), all_int8};
  const LoadedModel same{recipe(), all_int8};
  const LoadedModel formats_differ{recipe(), all_int4};
  const LoadedModel weights_differ{other, all_int8};
  EXPECT_EQ(one.model.hash(), same.model.hash());
  EXPECT_NE(one.model.hash(), formats_differ.model.hash());
  EXPECT_NE(one.model.hash(), weights_differ.model.hash());
}

}  // namespace
}  // namespace ringlet::test
