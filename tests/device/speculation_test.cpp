// Drafts on a device, through both interfaces: verify gives the logits of steps, and speculate with
// a lookup writes the text of steps.
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "device/c_rig.hpp"
#include "ringlet/digest.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t vocab = 1024;
constexpr Config config{.context = 40,
                        .sinks = 4,
                        .kv = KvFormat::int8,
                        .prefill_chunk = 8,
                        .draft_tokens = 3,
                        .lookup_window = 64};

Model bundled() {
  const auto model = Model::open(device_models[0].bytes);
  EXPECT_TRUE(model.ok());
  return *model;
}

Session make_session(std::span<std::byte> memory, const KernelSet& kernels) {
  const auto session = Session::create(bundled(), config, memory, kernels);
  EXPECT_TRUE(session.ok()) << session.status().what();
  return *session;
}

bool same(std::span<const float> a, std::span<const float> b) {
  return a.size() == vocab && b.size() == vocab && std::memcmp(a.data(), b.data(), 4 * vocab) == 0;
}

TEST(DeviceSpeculation, VerifyGivesTheLogitsOfSteps) {
  for (const KernelSet* set : kernel_sets()) {
    Session steps = make_session(cpp_memory.value, *set);
    Session passes = make_session(c_memory.value, *set);
    TokenId tokens[4];
    std::uint32_t count = 1;
    for (std::uint32_t at = 0; at < 60; at += count) {
      count = count % 4 + 1;
      for (std::uint32_t i = 0; i < count; ++i) tokens[i] = digest_token(at + i, vocab, 1);
      ASSERT_TRUE(passes.verify({tokens, count}).ok());
      for (std::uint32_t i = 0; i < count; ++i) {
        ASSERT_TRUE(steps.step(tokens[i]).ok());
        ASSERT_TRUE(same(passes.logits(i), steps.logits())) << set->name << " at " << at + i;
      }
      // Tokens that the text does not have leave no trace.
      const TokenId wrong[] = {7, 8, 9, 10};
      ASSERT_TRUE(passes.verify(wrong).ok());
      ASSERT_TRUE(passes.truncate(steps.position()).ok());
    }
  }
}

TEST(DeviceSpeculation, VerifyRefusesWhatThePlanHasNoRowsFor) {
  Session session = make_session(cpp_memory.value, *kernel_sets().back());
  const TokenId tokens[] = {1, 2, 3, 4, 5};
  const Status status = session.verify(tokens);
  EXPECT_EQ(status.code(), ErrorCode::out_of_range);
  EXPECT_EQ(status.needed(), 4U);
  EXPECT_EQ(session.position(), 0U);
  EXPECT_TRUE(session.logits().empty());
}

/// A text, and how it was drafted.
struct Text {
  static constexpr std::size_t length = 60;
  std::array<TokenId, length> tokens{};
  std::size_t size = 0;
  std::uint32_t drafted = 0;
  std::uint32_t accepted = 0;

  /// Whether the text goes on.
  bool take(TokenId token) {
    tokens[size++] = token;
    return size < length;
  }
};

/// The beginning of every text, which repeats itself.
constexpr TokenId prompt[] = {1, 20, 300, 4, 500, 60, 1, 20, 300, 4};

Text text_of_steps(const SamplerOptions& options) {
  Session session = make_session(cpp_memory.value, *kernel_sets().back());
  Sampler sampler = *session.sampler(options);
  EXPECT_TRUE(session.prefill(prompt).ok());
  for (const TokenId token : prompt) sampler.observe(token);
  Text text;
  while (text.take(sampler.sample(session.logits()))) {
    EXPECT_TRUE(session.step(text.tokens[text.size - 1]).ok());
  }
  return text;
}

Text text_of_drafts(const SamplerOptions& options) {
  Session session = make_session(cpp_memory.value, *kernel_sets().back());
  Sampler sampler = *session.sampler(options);
  Lookup lookup = *Lookup::create(config.lookup_window, session.lookup_workspace());
  EXPECT_TRUE(session.prefill(prompt).ok());
  for (const TokenId token : prompt) sampler.observe(token);
  lookup.observe(prompt);
  DraftLength length = DraftLength::fixed(config.draft_tokens);
  Text text;
  const TokenSink sink{&text, [](void* self, TokenId token) noexcept {
                         return static_cast<Text*>(self)->take(token);
                       }};
  bool more = text.take(sampler.sample(session.logits()));
  while (more) {
    const Result<Round> round =
        speculate(session, sampler, lookup.drafter(), length, text.tokens[text.size - 1], sink);
    EXPECT_TRUE(round.ok()) << round.status().what();
    if (!round.ok()) break;
    text.drafted += round->drafted;
    text.accepted += round->accepted;
    more = !round->ended;
  }
  return text;
}

/// What text_of_drafts() does, in C.
struct CWriter {
  explicit CWriter(const ringlet_sampler_options& options) {
    const auto bytes = device_models[0].bytes;
    c_config.context = config.context;
    c_config.prefill_chunk = config.prefill_chunk;
    c_config.draft_tokens = config.draft_tokens;
    c_config.lookup_window = config.lookup_window;
    EXPECT_EQ(ringlet_model_open(&model, bytes.data(), bytes.size()).code, RINGLET_OK);
    EXPECT_EQ(ringlet_session_create(&session, &model, &c_config, c_memory.value,
                                     sizeof c_memory.value, c_kernels(), nullptr)
                  .code,
              RINGLET_OK);
    EXPECT_EQ(ringlet_session_sampler(&session, &options, &sampler).code, RINGLET_OK);
    EXPECT_EQ(ringlet_lookup_create(&lookup, c_config.lookup_window,
                                    ringlet_session_lookup_workspace(&session))
                  .code,
              RINGLET_OK);
  }

  Text write() {
    Text text;
    EXPECT_EQ(ringlet_session_prefill(&session, prompt, std::size(prompt), nullptr).code,
              RINGLET_OK);
    for (const TokenId token : prompt) ringlet_sampler_observe(&sampler, token);
    const ringlet_drafter drafter = ringlet_lookup_drafter(&lookup);
    drafter.observe(drafter.user_data, prompt, std::size(prompt));
    ringlet_draft_length length = ringlet_draft_length_fixed(c_config.draft_tokens);
    const ringlet_token_sink sink{
        .take = [](void* self,
                   ringlet_token token) { return static_cast<Text*>(self)->take(token); },
        .user_data = &text};
    bool more =
        text.take(ringlet_sampler_sample(&sampler, ringlet_session_logits(&session), vocab));
    const ringlet_token_chooser chooser{
        .choose =
            [](void* self, const float* logits, size_t count) {
              return ringlet_sampler_sample(static_cast<ringlet_sampler*>(self), logits, count);
            },
        .user_data = &sampler};
    while (more) {
      ringlet_round round{};
      const ringlet_token last = text.tokens[text.size - 1];
      // The sampler itself and a function that calls it must choose the same.
      const ringlet_status status =
          last % 2 == 0
              ? ringlet_speculate(&session, &sampler, &drafter, &length, last, &sink, &round)
              : ringlet_speculate_with(&session, &chooser, &drafter, &length, last, &sink, &round);
      EXPECT_EQ(status.code, RINGLET_OK);
      if (status.code != RINGLET_OK) break;
      text.drafted += round.drafted;
      text.accepted += round.accepted;
      more = !round.ended;
    }
    return text;
  }

  ringlet_config c_config = ringlet_config_default();
  ringlet_model model{};
  ringlet_session session{};
  ringlet_sampler sampler{};
  ringlet_lookup lookup{};
};

void expect_same(const Text& text, const Text& expected) {
  EXPECT_EQ(text.size, expected.size);
  EXPECT_TRUE(text.tokens == expected.tokens);
  EXPECT_GT(text.accepted, 0U);
  EXPECT_LT(text.accepted, text.drafted);
}

TEST(DeviceSpeculation, WritesTheTextOfSteps) {
  const Text greedy = text_of_steps({});
  expect_same(text_of_drafts({}), greedy);
  const SamplerOptions seeded{
      .temperature = 0.8F, .top_p = 0.95F, .repeat_penalty = 1.1F, .seed = 3};
  expect_same(text_of_drafts(seeded), text_of_steps(seeded));
}

TEST(DeviceSpeculation, WritesTheSameTextFromC) {
  const Text text = text_of_drafts({});
  const Text in_c = CWriter(ringlet_sampler_options_default()).write();
  expect_same(in_c, text);
  EXPECT_EQ(in_c.drafted, text.drafted);
  EXPECT_EQ(in_c.accepted, text.accepted);
  EXPECT_EQ(ringlet_lookup_workspace_bytes(64), Lookup::workspace_bytes(64));
}

TEST(DeviceSpeculation, VerifiesTheSameRowsFromC) {
  Session session = make_session(cpp_memory.value, *kernel_sets().back());
  CWriter writer(ringlet_sampler_options_default());
  const TokenId tokens[] = {5, 600, 70};
  ASSERT_TRUE(session.verify(tokens).ok());
  ASSERT_EQ(ringlet_session_verify(&writer.session, tokens, 3).code, RINGLET_OK);
  for (std::uint32_t row = 0; row < 3; ++row) {
    const float* logits = ringlet_session_logits_row(&writer.session, row);
    ASSERT_TRUE(logits != nullptr);
    EXPECT_TRUE(same({logits, vocab}, session.logits(row))) << row;
  }
  EXPECT_TRUE(ringlet_session_logits_row(&writer.session, 3) == nullptr);
  EXPECT_EQ(ringlet_session_verify(&writer.session, prompt, 5).code, RINGLET_OUT_OF_RANGE);
  EXPECT_EQ(ringlet_session_draft_memory(&writer.session).size, 0U);
}

TEST(DeviceSpeculation, ALookupDraftsWhatFollowedLastTime) {
  Buffer<std::byte, static_cast<std::size_t>(Lookup::workspace_bytes(16))> room;
  room.spoil();
  Lookup lookup = *Lookup::create(16, room.value);
  TokenId draft[3] = {};
  EXPECT_EQ(lookup.draft(draft), 0U);
  const TokenId text[] = {9, 1, 2, 3, 4, 5, 9, 8, 1, 2, 3};
  lookup.observe(text);
  EXPECT_EQ(lookup.draft(draft), 3U);
  EXPECT_TRUE(draft[0] == 4 && draft[1] == 5 && draft[2] == 9);
  // The first tokens leave the window of 16.
  const TokenId more[] = {20, 21, 22, 23, 24, 25, 9, 1};
  lookup.observe(more);
  EXPECT_EQ(lookup.draft(draft), 0U);
  lookup.reset();
  EXPECT_EQ(lookup.draft(draft), 0U);
}

}  // namespace
}  // namespace ringlet::test
