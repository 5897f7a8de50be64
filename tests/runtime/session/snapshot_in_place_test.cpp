// Prefixes read in place: several sessions share the sinks in one snapshot, which the plan does not
// count, which nobody writes to, and which change no bit.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <string>

#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

/// A snapshot in pages that fault when they are written to.
class ReadOnly {
 public:
  explicit ReadOnly(const AlignedBytes& snapshot)
      : size_(snapshot.size()),
        bytes_(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    std::memcpy(bytes_, snapshot.data(), size_);
    mprotect(bytes_, size_, PROT_READ);
  }
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;
  ~ReadOnly() { munmap(bytes_, size_); }
  [[nodiscard]] std::span<const std::byte> span() const {
    return {static_cast<const std::byte*>(bytes_), size_};
  }

 private:
  std::size_t size_;
  void* bytes_;
};

struct Case {
  const char* name;
  KvFormats kv;
  std::uint32_t sinks;
};

class InPlace : public testing::TestWithParam<Case> {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.layers = 3;
    recipe.windows = {0, 11, 0};
    recipe.architecture.trained_context = 400;
    recipe.hadamard_keys = true;
    return recipe;
  }
  [[nodiscard]] static Config config(bool in_place) {
    return {.context = GetParam().sinks + 50,
            .sinks = GetParam().sinks,
            .kv = GetParam().kv,
            .hot_window = 16,
            .prefill_chunk = 8,
            .sinks_in_snapshot = in_place};
  }
  [[nodiscard]] std::span<const TokenId> prefix() const {
    return std::span(tokens).first(GetParam().sinks);
  }
  [[nodiscard]] std::span<const TokenId> rest() const {
    return std::span(tokens).subspan(GetParam().sinks, 200);
  }
  AlignedBytes prefix_snapshot() {
    LiveSession live(file.model, config(false));
    prefill_in_pieces(live.session, prefix(), 8);
    return snapshot_of(live.session);
  }

  LoadedModel file{recipe(), all_int8};
  std::vector<TokenId> tokens = random_tokens(600, 48, 13);
};

TEST_P(InPlace, HasTheSameBitsAsACopyAndAsNoSnapshot) {
  const ReadOnly snapshot(prefix_snapshot());
  LiveSession straight(file.model, config(false));
  LiveSession copying(file.model, config(false));
  LiveSession reading(file.model, config(true));
  prefill_in_pieces(straight.session, prefix(), 8);
  ASSERT_TRUE(copying.session.restore(snapshot.span()).ok());
  const Status status = reading.session.restore(snapshot.span());
  ASSERT_TRUE(status.ok()) << line(status);
  EXPECT_TRUE(same_bits(straight.session.logits(), reading.session.logits()));
  const std::uint64_t expected = digest_of_steps(straight.session, rest());
  EXPECT_EQ(digest_of_steps(copying.session, rest()), expected);
  EXPECT_EQ(digest_of_steps(reading.session, rest()), expected);
}

TEST_P(InPlace, ThePlanLeavesOutWhatLiesInTheSnapshot) {
  const MemoryPlan with = *plan(file.model, config(false));
  const MemoryPlan without = *plan(file.model, config(true));
  EXPECT_EQ(without.find(SectionId::sink_keys), nullptr);
  EXPECT_EQ(without.find(SectionId::sink_values), nullptr);
  EXPECT_EQ(with.total() - without.total(),
            with.find(SectionId::sink_keys)->bytes + with.find(SectionId::sink_values)->bytes);
  LiveSession live(file.model, config(true));
  EXPECT_EQ(live.session.memory_plan().total(), without.total());
  EXPECT_EQ(live.memory.size(), without.total());
}

TEST_P(InPlace, SeveralSessionsShareOnePrefix) {
  const ReadOnly snapshot(prefix_snapshot());
  LiveSession one(file.model, config(true));
  LiveSession two(file.model, config(true));
  LiveSession other(file.model, config(false));
  const auto second = std::span(tokens).subspan(250, 120);
  ASSERT_TRUE(other.session.restore(snapshot.span()).ok());
  const std::uint64_t expected = digest_of_steps(other.session, second);
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(one.session.restore(snapshot.span()).ok());
    ASSERT_TRUE(two.session.restore(snapshot.span()).ok());
    for (std::size_t at = 0; at < 120; at += 10) {  // taking turns
      ASSERT_TRUE(one.session.prefill(rest().subspan(at, 10)).ok());
      ASSERT_TRUE(two.session.prefill(second.subspan(at, 10)).ok());
    }
    EXPECT_TRUE(same_bits(two.session.logits(), other.session.logits()));
    ASSERT_TRUE(two.session.restore(snapshot.span()).ok());
    EXPECT_EQ(digest_of_steps(two.session, second), expected);
    one.session.reset();
    EXPECT_EQ(one.session.position(), 0U);
    EXPECT_STREQ(one.session.step(1).where(), "sinks_in_snapshot") << "until the next restore";
  }
}

TEST_P(InPlace, NoTokenBeforeTheSnapshot) {
  const ReadOnly snapshot(prefix_snapshot());
  LiveSession live(file.model, config(true));
  AlignedBytes room(static_cast<std::size_t>(*snapshot_bytes(file.model, config(true))));
  EXPECT_STREQ(live.session.step(1).where(), "sinks_in_snapshot");
  EXPECT_STREQ(live.session.save(room.span()).status().where(), "sinks_in_snapshot");
  live.session.reset();
  EXPECT_EQ(live.session.position(), 0U);
  ASSERT_TRUE(live.session.restore(snapshot.span()).ok());
  EXPECT_TRUE(live.session.step(1).ok());
}

TEST_P(InPlace, DoesNotGoBackIntoTheSnapshot) {
  const ReadOnly snapshot(prefix_snapshot());
  LiveSession live(file.model, config(true));
  ASSERT_TRUE(live.session.restore(snapshot.span()).ok());
  ASSERT_TRUE(live.session.prefill(rest().first(5)).ok());
  const Status refused = live.session.truncate(GetParam().sinks - 1);
  EXPECT_EQ(refused.code(), ErrorCode::out_of_range);
  EXPECT_EQ(refused.needed(), GetParam().sinks);
  EXPECT_TRUE(live.session.truncate(GetParam().sinks).ok());
}

TEST_P(InPlace, CanBeSavedWithItsSinks) {
  const ReadOnly snapshot(prefix_snapshot());
  LiveSession live(file.model, config(true));
  ASSERT_TRUE(live.session.restore(snapshot.span()).ok());
  ASSERT_TRUE(live.session.prefill(rest().first(90)).ok());
  const AlignedBytes saved = snapshot_of(live.session);
  LiveSession copy(file.model, config(false));
  LiveSession again(file.model, config(true));
  ASSERT_TRUE(copy.session.restore(saved.span()).ok());
  const ReadOnly second(saved);
  ASSERT_TRUE(again.session.restore(second.span()).ok());
  const auto next = rest().subspan(90, 80);
  const std::uint64_t expected = digest_of_steps(live.session, next);
  EXPECT_EQ(digest_of_steps(copy.session, next), expected);
  EXPECT_EQ(digest_of_steps(again.session, next), expected);
}

// A sampler makes the header longer: written over the snapshot that the sinks are in, the snapshot
// would move them while they are copied.
TEST_P(InPlace, IsSavedOverItsSnapshotOnlyWhereTheSinksKeepTheirPlace) {
  const AlignedBytes prefix = prefix_snapshot();
  const auto needed = static_cast<std::size_t>(*snapshot_bytes(file.model, config(true)));
  AlignedBytes room(needed + 4096);
  std::memcpy(room.data(), prefix.data(), prefix.size());
  LiveSession live(file.model, config(true));
  ASSERT_TRUE(live.session.restore(room.span().first(prefix.size())).ok());
  auto sampler = *live.session.sampler({});
  for (const TokenId token : rest().first(60)) {
    ASSERT_TRUE(live.session.step(token).ok());
    sampler.observe(token);
  }
  const AlignedBytes expected = snapshot_of(live.session);
  for (const std::size_t shift : {std::size_t{0}, std::size_t{64}, std::size_t{1024}}) {
    const auto refused = live.session.save(room.span().subspan(shift), &sampler);
    EXPECT_STREQ(refused.status().where(), "out") << shift;
    EXPECT_TRUE(std::string(refused.status().what()).starts_with("overlaps the snapshot"));
  }
  const AlignedBytes after = snapshot_of(live.session);
  EXPECT_EQ(std::memcmp(after.data(), expected.data(), expected.size()), 0) << "as before";
  const auto saved = live.session.save(room.span());
  ASSERT_TRUE(saved.ok()) << line(saved.status());
  EXPECT_EQ(std::memcmp(room.data(), expected.data(), expected.size()), 0);
}

TEST_P(InPlace, RefusesWhatCannotBeReadWhereItLies) {
  const AlignedBytes whole = prefix_snapshot();
  for (const std::size_t shift : {8U, 16U, 32U, 56U}) {
    AlignedBytes shifted(whole.size() + shift);
    std::memcpy(shifted.data() + shift, whole.data(), whole.size());
    LiveSession reading(file.model, config(true));
    const Status status = reading.session.restore(shifted.span().subspan(shift));
    EXPECT_TRUE(std::string(status.what()).starts_with("must be aligned to 64 bytes"))
        << line(status);
    LiveSession copying(file.model, config(false));
    EXPECT_TRUE(copying.session.restore(shifted.span().subspan(shift)).ok());
  }
  LiveSession early(file.model, config(false));
  ASSERT_TRUE(early.session.prefill(prefix().first(GetParam().sinks - 1)).ok());
  LiveSession reading(file.model, config(true));
  const Status status = reading.session.restore(snapshot_of(early.session).span());
  EXPECT_STREQ(status.where(), "position");
  EXPECT_EQ(status.needed(), GetParam().sinks);
  EXPECT_STREQ(reading.session.step(1).where(), "sinks_in_snapshot") << "as before";
}

constexpr Case cases[] = {
    {"f32", KvFormat::f32, 4},          {"f16", KvFormat::f16, 33},
    {"int8_few", KvFormat::int8, 4},    {"int8_a_page", KvFormat::int8, 64},
    {"int8_many", KvFormat::int8, 150}, {"k8v4_many", {KvFormat::int8, KvFormat::int4}, 70},
    {"int4_many", KvFormat::int4, 300}};

INSTANTIATE_TEST_SUITE_P(Formats, InPlace, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& instance) {
                           return std::string(instance.param.name);
                         });

TEST(SinksInSnapshot, NeedsSinks) {
  const LoadedModel file{Recipe{.architecture = small_architecture()}, all_int8};
  EXPECT_STREQ(plan(file.model, {.sinks = 0, .sinks_in_snapshot = true}).status().where(),
               "sinks_in_snapshot");
}

}  // namespace
}  // namespace ringlet::test
