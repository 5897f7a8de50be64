// A token whose numbers become NaN or infinite: every set reports the same position, the session
// goes back to where it was, and continues as if the token had never been tried.
#include <gtest/gtest.h>

#include <cstring>

#include "device/buffers.hpp"
#include "device/models.hpp"
#include "device/sets.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/ringlet.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t vocab = 1024;
constexpr TokenId poison = 77;
constexpr Config config{.context = 40, .sinks = 4, .kv = KvFormat::int8, .prefill_chunk = 24};

Buffer<std::byte, std::size_t{256} * 1024> memory;
Buffer<float, vocab> expected;
const KernelSet* sound = nullptr;

/// The embedding of one token is so large that the mean of its squares overflows.
void poisoned_row(const PackedMatrix& matrix, std::size_t row, float* y) {
  sound->dequantize_row(matrix, row, y);
  if (row == poison) y[3] = 1e30F;
}

Session make_session(const KernelSet& set, KernelSet& poisoned) {
  sound = &set;
  poisoned = set;
  poisoned.dequantize_row = poisoned_row;
  memory.spoil();
  const auto model = Model::open(device_models[0].bytes);
  EXPECT_TRUE(model.ok());
  const auto session = Session::create(*model, config, memory.value, poisoned);
  EXPECT_TRUE(session.ok()) << session.status().what();
  return *session;
}

/// Tokens that are not the poison.
void append(Session& session, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t i = from; i < to; ++i) {
    const TokenId token = digest_token(i, vocab, 1);
    ASSERT_TRUE(session.step(token == poison ? TokenId{0} : token).ok());
  }
}

void expect_not_finite(const Status& status, std::int64_t position) {
  EXPECT_EQ(status.code(), ErrorCode::not_finite);
  EXPECT_EQ(status.index(), position);
}

TEST(NotFinite, AStepLeavesTheSessionWhereItWas) {
  for (const KernelSet* set : kernel_sets()) {
    for (const std::uint64_t tokens : {0U, 9U, 200U}) {  // 200: the ring is full
      KernelSet poisoned;
      Session session = make_session(*set, poisoned);
      append(session, 0, tokens + 20);
      std::memcpy(expected.value, session.logits().data(), sizeof expected.value);
      session.reset();
      append(session, 0, tokens);
      expect_not_finite(session.step(poison), static_cast<std::int64_t>(tokens));
      EXPECT_EQ(session.position(), tokens);
      EXPECT_TRUE(session.logits().empty());
      append(session, tokens, tokens + 20);
      EXPECT_TRUE(std::memcmp(expected.value, session.logits().data(), sizeof expected.value) == 0)
          << set->name << " " << tokens;
    }
  }
}

TEST(NotFinite, APrefillNamesThePositionAndGoesBackToItsBeginning) {
  TokenId tokens[35] = {};
  for (const KernelSet* set : kernel_sets()) {
    for (const std::size_t at : {0U, 5U, 23U, 24U, 34U}) {
      KernelSet poisoned;
      Session session = make_session(*set, poisoned);
      append(session, 0, 3);
      for (std::size_t i = 0; i < 35; ++i) tokens[i] = i == at ? poison : TokenId{5};
      expect_not_finite(session.prefill(tokens), static_cast<std::int64_t>(3 + at));
      EXPECT_EQ(session.position(), 3U);
    }
  }
}

// More tokens than the ring has room for beyond its window have overwritten slots that the earlier
// position needs.
TEST(NotFinite, ALongPrefillIntoAFullRingResetsTheSession) {
  KernelSet poisoned;
  Session session = make_session(*kernel_sets().back(), poisoned);
  append(session, 0, 20);
  std::memcpy(expected.value, session.logits().data(), sizeof expected.value);
  append(session, 20, 200);
  TokenId tokens[96] = {};
  tokens[95] = poison;
  expect_not_finite(session.prefill(tokens), 295);
  EXPECT_EQ(session.position(), 0U);
  append(session, 0, 20);
  EXPECT_TRUE(std::memcmp(expected.value, session.logits().data(), sizeof expected.value) == 0);
}

TEST(NotFinite, TellsWhereItArose) {
  KernelSet poisoned;
  Session session = make_session(*kernel_sets().back(), poisoned);
  EXPECT_TRUE(!session.not_finite().has_value());
  append(session, 0, 7);
  const TokenId tokens[] = {5, 6, poison, 8};
  expect_not_finite(session.prefill(tokens), 9);
  const auto fault = session.not_finite();
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(static_cast<int>(fault->tap), static_cast<int>(Tap::attention_input));
  EXPECT_EQ(fault->layer, 0U);
  EXPECT_EQ(fault->position, 9U);
  ASSERT_TRUE(session.step(5).ok());
  EXPECT_TRUE(!session.not_finite().has_value());
}

TEST(NotFinite, TheCInterfaceTellsTheSame) {
  KernelSet poisoned;
  make_session(*kernel_sets().back(), poisoned);
  ringlet_model model;
  const auto bytes = device_models[0].bytes;
  ASSERT_EQ(ringlet_model_open(&model, bytes.data(), bytes.size()).code, RINGLET_OK);
  ringlet_config settings = ringlet_config_default();
  settings.context = 40;
  ringlet_session session;
  ASSERT_EQ(ringlet_session_create(&session, &model, &settings, memory.value, sizeof memory.value,
                                   reinterpret_cast<const ringlet_kernels*>(&poisoned), nullptr)
                .code,
            RINGLET_OK);
  const ringlet_token tokens[] = {5, poison, 6};
  const ringlet_status status = ringlet_session_prefill(&session, tokens, 3, nullptr);
  EXPECT_EQ(status.code, RINGLET_NOT_FINITE);
  EXPECT_EQ(status.index, 1);
  ringlet_not_finite where = {};
  ASSERT_TRUE(ringlet_session_not_finite(&session, &where));
  EXPECT_EQ(where.position, 1U);
  EXPECT_EQ(where.tap, RINGLET_TAP_ATTENTION_INPUT);
  EXPECT_EQ(where.layer, 0U);
  EXPECT_EQ(ringlet_session_position(&session), 0U);
  ASSERT_EQ(ringlet_session_step(&session, 5).code, RINGLET_OK);
  EXPECT_TRUE(!ringlet_session_not_finite(&session, &where));
}

}  // namespace
}  // namespace ringlet::test
