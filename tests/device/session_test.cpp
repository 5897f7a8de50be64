// The promises of a session, on the bundled model in static memory: chunks change nothing, going
// back undoes everything after, too little memory is refused, and a ring that has wrapped many
// times stays exact.
#include <gtest/gtest.h>

#include <cstring>

#include "device/buffers.hpp"
#include "device/models.hpp"
#include "device/sets.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/ringlet.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t vocab = 1024;

Buffer<std::byte, std::size_t{256} * 1024> memory;
Buffer<float, vocab> expected;
constexpr Config config{.context = 40, .sinks = 4, .kv = KvFormat::int8, .prefill_chunk = 8};

Session make_session(const Config& settings = config) {
  memory.spoil();
  const auto model = Model::open(device_models[0].bytes);
  EXPECT_TRUE(model.ok());
  const auto session = Session::create(*model, settings, memory.value, *kernel_sets().back());
  EXPECT_TRUE(session.ok()) << session.status().what();
  return *session;
}

TokenId token(std::uint64_t index) { return digest_token(index, vocab, 1); }

void append(Session& session, std::uint64_t from, std::uint64_t to, std::size_t call) {
  TokenId tokens[16];
  while (from < to) {
    std::size_t count = 0;
    while (count < call && from < to) tokens[count++] = token(from++);
    ASSERT_TRUE(session.prefill({tokens, count}).ok());
  }
}

void remember(const Session& session) {
  ASSERT_EQ(session.logits().size(), vocab);
  std::memcpy(expected.value, session.logits().data(), sizeof expected.value);
}

bool as_remembered(const Session& session) {
  return session.logits().size() == vocab &&
         std::memcmp(expected.value, session.logits().data(), sizeof expected.value) == 0;
}

TEST(DeviceSession, ChunksChangeNothing) {
  Session session = make_session();
  append(session, 0, 60, 1);
  remember(session);
  for (const std::size_t call : {3U, 8U, 13U}) {
    session.reset();
    append(session, 0, 60, call);
    EXPECT_TRUE(as_remembered(session)) << call;
  }
  EXPECT_EQ(session.position(), 60U);
}

TEST(DeviceSession, GoesBackAsIfNothingHadComeAfter) {
  Session session = make_session();
  append(session, 0, 20, 8);
  remember(session);
  append(session, 100, 110, 5);
  ASSERT_TRUE(session.truncate(19).ok());
  EXPECT_TRUE(session.logits().empty());
  append(session, 19, 20, 1);
  EXPECT_TRUE(as_remembered(session));
  const Status ahead = session.truncate(21);
  EXPECT_EQ(ahead.code(), ErrorCode::out_of_range);
  EXPECT_TRUE(as_remembered(session));
}

TEST(DeviceSession, RefusesTokensOutsideTheVocabularyAndStaysAsItIs) {
  Session session = make_session();
  append(session, 0, 9, 8);
  remember(session);
  const TokenId wrong[] = {1, 2, vocab};
  const Status status = session.prefill(wrong);
  EXPECT_EQ(status.code(), ErrorCode::out_of_range);
  EXPECT_EQ(status.index(), 2);
  EXPECT_EQ(session.position(), 9U);
  EXPECT_TRUE(as_remembered(session));
}

TEST(DeviceSession, RefusesMemoryThatIsTooSmallOrCrooked) {
  const auto model = Model::open(device_models[0].bytes);
  ASSERT_TRUE(model.ok());
  const std::uint64_t needed = plan(*model, config)->total();
  ASSERT_LE(needed, sizeof memory.value);
  const KernelSet& kernels = *kernel_sets().back();
  for (const std::uint64_t missing : {std::uint64_t{1}, needed / 2, needed}) {
    const auto size = static_cast<std::size_t>(needed - missing);
    const auto session = Session::create(*model, config, {memory.value, size}, kernels);
    EXPECT_EQ(session.status().code(), ErrorCode::not_enough_memory);
    EXPECT_EQ(session.status().needed(), needed);
    EXPECT_EQ(session.status().actual(), size);
  }
  const auto crooked = Session::create(*model, config, std::span(memory.value).subspan(4), kernels);
  EXPECT_EQ(crooked.status().code(), ErrorCode::invalid_argument);
}

TEST(DeviceSession, NeedsNoMoreAfterManyTurnsOfTheRing) {
  Session session = make_session();
  const std::size_t total = static_cast<std::size_t>(session.memory_plan().total());
  for (std::size_t i = total; i < sizeof memory.value; ++i) memory.value[i] = std::byte{0x5A};
  append(session, 0, 400, 8);
  remember(session);
  for (std::size_t i = total; i < sizeof memory.value; ++i) {
    ASSERT_EQ(static_cast<int>(memory.value[i]), 0x5A) << i;
  }
  session.reset();
  append(session, 0, 400, 16);
  EXPECT_TRUE(as_remembered(session));
}

}  // namespace
}  // namespace ringlet::test
