// A restored session equals one that was fed the same tokens itself, for every family and every
// pair of configurations. Other snapshots are refused.
#include <gtest/gtest.h>

#include <map>

#include "source/huggingface/huggingface.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/families.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

std::vector<Family> all_folders() {
  std::vector<Family> found;
  for (const Family& family : runtime_families()) {
    if (!family.is_long) found.push_back(family);
  }
  return found;
}

// Contexts on both sides of what Phi-3's short factors are for (32), and of Gemma's windows (8).
constexpr Config configs[] = {
    {.context = 24, .sinks = 2, .kv = KvFormat::f32, .prefill_chunk = 4},
    {.context = 32, .sinks = 2, .kv = KvFormat::f32, .prefill_chunk = 16},
    {.context = 33, .sinks = 2, .kv = KvFormat::f32, .prefill_chunk = 16},
    {.context = 60, .sinks = 2, .kv = KvFormat::f32, .prefill_chunk = 16},
    {.context = 60, .sinks = 0, .kv = KvFormat::f32, .prefill_chunk = 16},
    {.context = 24, .sinks = 2, .kv = KvFormat::int4, .hot_window = 16, .prefill_chunk = 8},
    {.context = 60, .sinks = 2, .kv = KvFormat::int4, .hot_window = 16, .prefill_chunk = 16},
    {.context = 60, .sinks = 2, .kv = KvFormat::int4, .hot_window = 40, .prefill_chunk = 16},
    {.context = 40,
     .sinks = 2,
     .kv = KvFormats(KvFormat::int8, KvFormat::int4),
     .hot_window = 16,
     .prefill_chunk = 3},
    {.context = 60, .sinks = 2, .kv = KvFormat::int8, .prefill_chunk = 2}};
constexpr std::size_t lengths[] = {1, 5, 20, 31, 90};  // tokens before the snapshot
constexpr std::size_t most_tokens = 110;

class SnapshotPairs : public testing::TestWithParam<Family> {
 protected:
  SnapshotPairs() : file_(load(GetParam())) {}

  static LoadedModel load(const Family& family) {
    const MadeFamily made = family.make();
    const TemporaryFolder folder;
    made.maker.write(folder.path() / family.name, made.config.dump());
    return LoadedModel(
        write_image(convert::import_huggingface(folder.path() / family.name), all_f32));
  }

  /// The logits after each of the tokens, in a session that nobody disturbed.
  const std::vector<std::vector<float>>& undisturbed(std::size_t config) {
    std::vector<std::vector<float>>& logits = undisturbed_[config];
    if (!logits.empty()) return logits;
    LiveSession live(file_.model, configs[config]);
    for (const TokenId token : tokens_) {
      EXPECT_TRUE(live.session.step(token).ok());
      logits.push_back(logits_of(live.session));
    }
    return logits;
  }

  LoadedModel file_;
  std::vector<TokenId> tokens_ = random_tokens(most_tokens, family_vocabulary, 7);
  std::map<std::size_t, std::vector<std::vector<float>>> undisturbed_;
};

TEST_P(SnapshotPairs, GoOnAsAFreshSession) {
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (std::size_t from = 0; from < std::size(configs); ++from) {
    for (const std::size_t length : lengths) {
      LiveSession original(file_.model, configs[from]);
      prefill_in_pieces(original.session, std::span(tokens_).first(length), 16);
      const AlignedBytes snapshot = snapshot_of(original.session);
      for (std::size_t to = 0; to < std::size(configs); ++to) {
        LiveSession live(file_.model, configs[to]);
        const Status status = live.session.restore(snapshot.span());
        ASSERT_TRUE(status.ok() || from != to) << line(status);
        ++(status.ok() ? taken : refused);
        // Some tokens one by one, then so many together that the hot tier and small rings wrap.
        std::size_t done = length;
        for (const std::size_t piece : std::initializer_list<std::size_t>{1, 1, 1, 17}) {
          if (!status.ok()) break;
          ASSERT_TRUE(live.session.prefill(std::span(tokens_).subspan(done, piece)).ok());
          done += piece;
          ASSERT_TRUE(same_bits(live.session.logits(), undisturbed(to)[done - 1]))
              << "from " << from << " after " << length << " tokens to " << to << " at " << done;
        }
      }
    }
  }
  EXPECT_GT(taken, std::size(configs) * std::size(lengths));
  EXPECT_GT(refused, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, SnapshotPairs, testing::ValuesIn(all_folders()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(SnapshotPositions, BeyondTheLearnedOnesAreRefused) {
  const MadeFamily made = make_gpt2(false);
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "gpt2", made.config.dump());
  const LoadedModel file(write_image(convert::import_huggingface(folder.path() / "gpt2"), all_f32));
  LiveSession live(file.model, configs[0]);
  prefill_in_pieces(live.session, random_tokens(100, family_vocabulary, 1), 16);
  AlignedBytes snapshot = snapshot_of(live.session);
  EXPECT_TRUE(live.session.restore(snapshot.span()).ok());
  for (const std::uint64_t position : {std::uint64_t{129}, std::uint64_t{1} << 40}) {
    set_header<std::uint64_t>(snapshot, schema::Snapshot::VT_WRITTEN, position);
    set_header<std::uint64_t>(snapshot, schema::Snapshot::VT_POSITION, position);
    EXPECT_EQ(live.session.restore(snapshot.span()).code(), ErrorCode::invalid_snapshot)
        << position;
    EXPECT_EQ(live.session.position(), 100U);
  }
}

// A sampler can be told a token that the model does not have; a snapshot must not be.
TEST(SnapshotPositions, WhatRestoreWouldRefuseIsNotSaved) {
  const LoadedModel file{Recipe{.architecture = small_architecture()}, all_int8};
  LiveSession live(file.model, {.context = 20, .kv = KvFormat::f32});
  auto sampler = *live.session.sampler({});
  ASSERT_TRUE(live.session.step(1).ok());
  AlignedBytes out(1 << 16);
  ASSERT_TRUE(live.session.save(out.span(), &sampler).ok());
  sampler.observe(1000);
  const Result<std::size_t> saved = live.session.save(out.span(), &sampler);
  ASSERT_FALSE(saved.ok());
  EXPECT_STREQ(saved.status().where(), "sampler");
}

}  // namespace
}  // namespace ringlet::test
