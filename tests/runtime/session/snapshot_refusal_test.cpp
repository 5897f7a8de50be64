// A snapshot of another model or configuration is refused: the error names the field with the
// values of the snapshot and of the session, and the session is unchanged.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "session/snapshot_header.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

constexpr Config base = {
    .context = 60, .sinks = 4, .kv = KvFormat::int4, .hot_window = 16, .prefill_chunk = 8};

Recipe recipe(std::uint64_t seed = 1) {
  Recipe recipe{.architecture = small_architecture(), .seed = seed};
  recipe.architecture.trained_context = 200;
  return recipe;
}

class SnapshotRefusal : public testing::Test {
 protected:
  SnapshotRefusal() {
    prefill_in_pieces(live.session, std::span(tokens).first(30), 8);
    snapshot = snapshot_of(live.session);
    prefill_in_pieces(live.session, std::span(tokens).subspan(30, 120), 8);
    wrapped = snapshot_of(live.session);
  }

  /// Restores into a separate session that holds tokens, and checks that a refusal changes nothing.
  Status restore(std::span<const std::byte> bytes, const Config& config, const Model& model) {
    LiveSession other(model, config);
    LiveSession undisturbed(model, config);
    prefill_in_pieces(other.session, std::span(tokens).first(50), 8);
    prefill_in_pieces(undisturbed.session, std::span(tokens).first(50), 8);
    auto sampler = *other.session.sampler({.seed = 77});
    sampler.observe(5);
    const std::vector<float> before = logits_of(other.session);
    const Status status = other.session.restore(bytes, &sampler);
    if (status.ok()) return status;
    EXPECT_EQ(other.session.position(), 50U);
    EXPECT_TRUE(same_bits(before, other.session.logits()));
    EXPECT_EQ(sampler.recent_count(), 1U);
    EXPECT_EQ(sampler.state().seed, 77U);
    const auto rest = std::span(tokens).subspan(50, 30);
    EXPECT_EQ(digest_of_steps(other.session, rest), digest_of_steps(undisturbed.session, rest));
    return status;
  }
  Status restore(std::span<const std::byte> bytes, const Config& config = base) {
    return restore(bytes, config, file.model);
  }

  /// A refusal that names `where` and both numbers.
  void expect(const Status& status, ErrorCode code, const char* where, std::uint64_t in_snapshot,
              std::uint64_t in_session) {
    EXPECT_EQ(status.code(), code) << line(status);
    EXPECT_STREQ(status.where(), where) << line(status);
    EXPECT_EQ(status.needed(), in_snapshot) << line(status);
    EXPECT_EQ(status.actual(), in_session) << line(status);
  }

  LoadedModel file{recipe(), all_int8};
  std::vector<TokenId> tokens = random_tokens(300, 48, 5);
  LiveSession live{file.model, base};
  AlignedBytes snapshot;  // of 30 tokens: nothing has wrapped but the hot tier
  AlignedBytes wrapped;   // of 150
};

TEST_F(SnapshotRefusal, AnotherModel) {
  const LoadedModel other{recipe(2), all_int8};
  expect(restore(snapshot.span(), base, other.model), ErrorCode::invalid_argument, "model",
         file.model.hash(), other.model.hash());
}

TEST_F(SnapshotRefusal, AnotherConfiguration) {
  const auto refused = [&](const AlignedBytes& bytes, const auto& change) {
    Config config = base;
    change(config);
    const Status status = restore(bytes.span(), config);
    EXPECT_EQ(status.code(), ErrorCode::invalid_argument) << line(status);
    return line(status);
  };
  EXPECT_EQ(refused(snapshot, [](Config& c) { c.sinks = 5; }),
            "sinks: differ from the snapshot's; use as many (needs 4, got 5)");
  EXPECT_EQ(refused(snapshot, [](Config& c) { c.hot_window = 20; }),
            "hot_window: differs from the snapshot's; use the same (needs 16, got 20)");
  EXPECT_EQ(refused(snapshot, [](Config& c) { c.kv = KvFormat::int8; }),
            "kv[0]: must be int4 for this snapshot");
  EXPECT_EQ(refused(snapshot, [](Config& c) { c.context = 29; }),
            "context: differs from the snapshot's, whose tokens do not fit; use the same "
            "(needs 60, got 29)");
  EXPECT_EQ(refused(wrapped, [](Config& c) { c.context = 61; }),
            "context: differs from the snapshot's, whose tokens do not fit; use the same "
            "(needs 60, got 61)");
  EXPECT_EQ(refused(wrapped, [](Config& c) { c.hot_window = 40, c.prefill_chunk = 40; }),
            "hot_window: differs from the snapshot's; use the same (needs 16, got 40)");
}

TEST_F(SnapshotRefusal, AChunkThatGivesTheRingOtherSlots) {
  Config eight = base;
  eight.kv = KvFormat::int8;
  Config forty = eight;
  forty.prefill_chunk = 40;
  LiveSession short_one(file.model, eight);
  prefill_in_pieces(short_one.session, std::span(tokens).first(60), 8);
  EXPECT_TRUE(restore(snapshot_of(short_one.session).span(), forty).ok()) << "nothing has wrapped";
  prefill_in_pieces(short_one.session, std::span(tokens).subspan(60, 20), 8);
  expect(restore(snapshot_of(short_one.session).span(), forty), ErrorCode::invalid_argument,
         "prefill_chunk", 8, 40);
}

TEST_F(SnapshotRefusal, EverythingFitsIntoALongerContextAndIntoAShorterOneThatHoldsIt) {
  Config one_tier = base;
  one_tier.kv = KvFormat::f16;
  LiveSession original(file.model, one_tier);
  prefill_in_pieces(original.session, std::span(tokens).first(50), 8);
  const AlignedBytes saved = snapshot_of(original.session);
  for (const std::uint32_t context : {50U, 51U, 100U, 200U}) {
    Config other = one_tier;
    other.context = context;
    LiveSession restored(file.model, other);
    LiveSession straight(file.model, other);
    const Status status = restored.session.restore(saved.span());
    ASSERT_TRUE(status.ok()) << line(status);
    prefill_in_pieces(straight.session, std::span(tokens).first(50), 8);
    const auto rest = std::span(tokens).subspan(50, 150);
    EXPECT_EQ(digest_of_steps(restored.session, rest), digest_of_steps(straight.session, rest));
  }
  one_tier.context = 49;
  EXPECT_STREQ(restore(saved.span(), one_tier).where(), "context");
}

TEST_F(SnapshotRefusal, AnotherVersion) {
  set_header<std::uint32_t>(snapshot, schema::Snapshot::VT_VERSION, snapshot_version + 1);
  expect(restore(snapshot.span()), ErrorCode::unsupported, "version", snapshot_version,
         snapshot_version + 1);
}

TEST_F(SnapshotRefusal, ImpossibleNumbers) {
  using Header = schema::Snapshot;
  const auto where = [&](const AlignedBytes& of, flatbuffers::voffset_t slot, auto value) {
    AlignedBytes edited = of;
    set_header(edited, slot, value);
    const Status status = restore(edited.span());
    EXPECT_EQ(status.code(), ErrorCode::invalid_snapshot) << line(status);
    return std::string(status.where());
  };
  const auto number = [](std::uint32_t value) { return value; };
  const auto large = [](std::uint64_t value) { return value; };
  EXPECT_EQ(where(snapshot, Header::VT_CONTEXT, number(0)), "context");
  EXPECT_EQ(where(snapshot, Header::VT_CONTEXT, number(0xFFFFFFFF)), "context");
  EXPECT_EQ(where(snapshot, Header::VT_CONTEXT, number(4)), "context");
  EXPECT_EQ(where(snapshot, Header::VT_SINKS, number(0xFFFFFFFF)), "context");
  EXPECT_EQ(where(snapshot, Header::VT_HOT_WINDOW, number(0)), "hot_window");
  EXPECT_EQ(where(snapshot, Header::VT_HOT_WINDOW, number(0xFFFFFFFF)), "hot_window");
  EXPECT_EQ(where(snapshot, Header::VT_PREFILL_CHUNK, number(0)), "prefill_chunk");
  EXPECT_EQ(where(snapshot, Header::VT_PREFILL_CHUNK, number(0xFFFFFFFF)), "prefill_chunk");
  EXPECT_EQ(where(snapshot, Header::VT_POSITION, large(31)), "position") << "further than written";
  EXPECT_EQ(where(snapshot, Header::VT_WRITTEN, large(29)), "position");
  EXPECT_EQ(where(snapshot, Header::VT_WRITTEN, ~large(0)), "position");
  EXPECT_EQ(where(wrapped, Header::VT_POSITION, large(100)), "position") << "forgotten since";
  EXPECT_EQ(where(snapshot, Header::VT_POSITION, large(0)), "snapshot") << "planes of another size";
  EXPECT_EQ(where(snapshot, Header::VT_LOGITS, number(47)), "logits");
  EXPECT_EQ(where(snapshot, Header::VT_LOGITS, number(0)), "snapshot") << "planes of another size";
  EXPECT_EQ(where(snapshot, Header::VT_PLANES, large(0)), "snapshot");
  EXPECT_EQ(where(snapshot, Header::VT_PLANES, ~large(0)), "snapshot") << "overflows";
}

TEST_F(SnapshotRefusal, TokensOutsideTheVocabulary) {
  auto sampler = *live.session.sampler({});
  sampler.observe(47);
  AlignedBytes with_sampler = snapshot_of(live.session, &sampler);
  EXPECT_TRUE(restore(with_sampler.span()).ok());
  const auto* header = schema::GetSizePrefixedSnapshot(with_sampler.data());
  auto* recent = const_cast<flatbuffers::Vector<std::uint32_t>*>(header->sampler()->recent());
  recent->Mutate(0, 48);
  seal_snapshot(with_sampler.span());
  EXPECT_STREQ(restore(with_sampler.span()).where(), "sampler");
}

TEST_F(SnapshotRefusal, NumbersThatNoCacheHolds) {
  struct Case {
    KvFormat kv;
    std::uint16_t bits;  // in the last two bytes of the newest position's page
    const char* what;
  };
  const char* number = "the snapshot has a number that no cache can hold";
  for (const Case& c : {Case{KvFormat::f32, 0x7F80, number}, Case{KvFormat::f32, 0xFFC0, number},
                        Case{KvFormat::f16, 0x7C00, number}, Case{KvFormat::f16, 0xFE01, number},
                        Case{KvFormat::int8, 0x7C00, "a scale is denormal or not finite"},
                        Case{KvFormat::int8, 0x8001, "a scale is denormal or not finite"}}) {
    Config config = base;
    config.kv = c.kv;
    LiveSession source(file.model, config);
    ASSERT_TRUE(source.session.prefill(std::span(tokens).first(30)).ok());
    AlignedBytes bytes = snapshot_of(source.session);
    constexpr std::size_t after = 8 + 192;  // the checksums and the logits
    std::memcpy(bytes.data() + bytes.size() - after - 2, &c.bits, 2);
    seal_snapshot(bytes.span());
    const Status status = restore(bytes.span(), config);
    EXPECT_EQ(status.code(), ErrorCode::invalid_snapshot) << line(status);
    EXPECT_STREQ(status.where(), "values") << line(status);
    EXPECT_EQ(status.index(), 1);
    EXPECT_STREQ(status.what(), c.what);
  }
}

TEST_F(SnapshotRefusal, CutAndExtended) {
  LiveSession other(file.model, base);
  for (std::size_t size = 0; size < snapshot.size(); size += size < 400 ? 1 : 37) {
    // A copy of exactly that size, so that a sanitizer sees the first byte beyond.
    const AlignedBytes part(std::span<const std::byte>(snapshot.data(), size));
    const Status status = other.session.restore(part.span());
    ASSERT_EQ(status.code(), ErrorCode::invalid_snapshot) << size << line(status);
    ASSERT_STREQ(status.where(), "snapshot");
    if (size > 64) {
      ASSERT_TRUE(std::string(status.what()).starts_with("truncated")) << size << line(status);
      ASSERT_EQ(status.actual(), size);
    }
    ASSERT_FALSE(snapshot_info(part.span()).ok());
  }
  AlignedBytes longer(snapshot.size() + 1);
  std::memcpy(longer.data(), snapshot.data(), snapshot.size());
  EXPECT_STREQ(restore(longer.span()).what(), "has bytes after its end");
}

TEST_F(SnapshotRefusal, EveryFlippedBit) {
  LiveSession other(file.model, base);
  for (std::size_t i = 0; i < snapshot.size();
       i += i < 600 || i + 60 > snapshot.size() ? 1U : 13U) {
    AlignedBytes damaged = snapshot;
    damaged[i] ^= static_cast<std::byte>(1U << i % 8);
    const Status status = other.session.restore(damaged.span());
    ASSERT_FALSE(status.ok()) << "byte " << i;
    ASSERT_EQ(other.session.position(), 0U);
  }
  AlignedBytes damaged = snapshot;
  damaged[snapshot.size() - 100] ^= std::byte{1};
  const Status status = restore(damaged.span());
  EXPECT_EQ(status.code(), ErrorCode::checksum_mismatch);
  EXPECT_EQ(line(status), "snapshot: damaged (checksum of its planes differs)");
}

TEST_F(SnapshotRefusal, OtherFiles) {
  const AlignedBytes zeros(1000);
  const AlignedBytes noise(1000, std::byte{0xA5});
  for (const auto bytes : {zeros.span(), noise.span(), std::as_const(file.bytes).span()}) {
    const Status status = restore(bytes);
    EXPECT_EQ(line(status), "snapshot: not the snapshot of a session (its first bytes differ)");
  }
  EXPECT_EQ(restore({}).code(), ErrorCode::invalid_snapshot);
}

TEST_F(SnapshotRefusal, AnOddAddress) {
  AlignedBytes shifted(snapshot.size() + 8);
  std::memcpy(shifted.data() + 8, snapshot.data(), snapshot.size());
  EXPECT_TRUE(restore(shifted.span().subspan(8)).ok());
  std::memcpy(shifted.data() + 4, snapshot.data(), snapshot.size());
  EXPECT_EQ(line(restore(shifted.span().subspan(4, snapshot.size()))),
            "snapshot: must be aligned to 8 bytes");
}

}  // namespace
}  // namespace ringlet::test
