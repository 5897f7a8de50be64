// One call from text to session: the same tokens, logits, sampler and detokenizer as by hand, in
// pieces of any size; and a session that is as before when something in the text is refused.
#include "ringlet/prompt.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "model/weights.hpp"
#include "support/random_model.hpp"
#include "support/sessions.hpp"

namespace ringlet {
namespace {

using test::LiveSession;
using test::LoadedModel;
using test::same_bits;
using Tokens = std::vector<TokenId>;

constexpr std::string_view story = "the dog and the cat, the end: zz \xC3\xA4 the";

test::Recipe recipe() {
  test::Recipe result{.architecture = test::small_architecture(), .tokenizer = true};
  result.architecture.vocab_size = test::tokenizer_pieces;
  return result;
}

class Prompt : public testing::Test {
 protected:
  Prompt() : live(loaded.model, config()) {
    tokenizer = *Tokenizer::open(loaded.model);
    detokenizer = Detokenizer(tokenizer);
    sampler = *live.session.sampler({.repeat_penalty = 1.5F});
  }

  static Config config() { return {.context = 64, .sinks = 2, .prefill_chunk = 4}; }

  [[nodiscard]] Tokens encoded(std::string_view text, bool bos) const {
    Tokens tokens(text.size() + 4);
    std::size_t count = 0;
    if (bos) tokens[count++] = tokenizer.bos();
    const auto done =
        tokenizer.encode(text, live.session.position() == 0, live.session.tokenizer_workspace(),
                         std::span(tokens).subspan(count));
    EXPECT_TRUE(done.ok() && done->bytes == text.size());
    tokens.resize(count + done->tokens);
    return tokens;
  }

  [[nodiscard]] Tokens recent() const {
    Tokens tokens;
    for (std::uint32_t i = 0; i < sampler.recent_count(); ++i) tokens.push_back(sampler.recent(i));
    return tokens;
  }

  LoadedModel loaded{recipe(), test::all_int8};
  LiveSession live;
  Tokenizer tokenizer;
  Detokenizer detokenizer{Tokenizer()};
  Sampler sampler;
};

TEST_F(Prompt, DoesWhatOneWouldDoByHandInPiecesOfAnySize) {
  const Tokens tokens = encoded(story, true);
  LiveSession by_hand(loaded.model, config());
  ASSERT_TRUE(by_hand.session.prefill(tokens).ok());
  Detokenizer told{tokenizer};
  for (const TokenId token : tokens) (void)told.next(token);
  for (const std::size_t room : {0U, 7U, 8U, 11U, 1000U}) {
    live.session.reset();
    sampler.reset();
    detokenizer = Detokenizer(tokenizer);
    Tokens memory(room);
    const auto count =
        prefill_text(live.session, tokenizer, story,
                     {.sampler = &sampler, .detokenizer = &detokenizer, .room = std::span(memory)});
    ASSERT_TRUE(count.ok()) << test::line(count.status()) << " " << room;
    EXPECT_EQ(*count, tokens.size());
    EXPECT_TRUE(same_bits(live.session.logits(), by_hand.session.logits())) << room;
    EXPECT_EQ(recent(), tokens);
    const TokenId the = tokenizer.find(" the");
    Detokenizer expected = told;
    EXPECT_EQ(detokenizer.next(the), expected.next(the));
  }
}

TEST_F(Prompt, PutsTheBeginningOfTextWhereItIsAskedFor) {
  const auto count = [&](Bos bos) {
    return *prefill_text(live.session, tokenizer, "the", {.bos = bos});
  };
  const std::size_t words = encoded("the", false).size();
  EXPECT_EQ(count(Bos::never), words);
  const std::size_t later = encoded("the", false).size();
  EXPECT_EQ(count(Bos::automatic), later) << "not at position 0";
  EXPECT_EQ(count(Bos::always), later + 1);
  live.session.reset();
  EXPECT_EQ(count(Bos::automatic), words + 1);
  live.session.reset();
  EXPECT_EQ(*prefill_text(live.session, tokenizer, ""), 1U);
  EXPECT_EQ(*prefill_text(live.session, tokenizer, ""), 0U);
}

TEST_F(Prompt, ChangesNothingWhenAWordIsTooLong) {
  ASSERT_TRUE(prefill_text(live.session, tokenizer, "the cat").ok());
  const std::vector<float> before = test::logits_of(live.session);
  const std::uint64_t position = live.session.position();
  const std::string text = "the dog and " + std::string(2000, 'x') + " the";
  Tokens room(8);
  const auto refused =
      prefill_text(live.session, tokenizer, text,
                   {.sampler = &sampler, .detokenizer = &detokenizer, .room = std::span(room)});
  EXPECT_STREQ(refused.status().setting(), "longest_word");
  EXPECT_EQ(refused.status().suggestion(), 2001U) << "with the space in front of it";
  EXPECT_EQ(live.session.position(), position);
  EXPECT_TRUE(same_bits(live.session.logits(), before));
  EXPECT_EQ(sampler.recent_count(), 0U);
}

TEST_F(Prompt, NamesTheRoomWhenAWordHasMoreTokens) {
  const std::string text = "the " + std::string(20, 'x');
  const std::size_t tokens = encoded(std::string(20, 'x'), false).size();
  ASSERT_GT(tokens, 4U);
  Tokens room(4);
  const Status refused =
      prefill_text(live.session, tokenizer, text, {.room = std::span(room)}).status();
  EXPECT_STREQ(refused.where(), "room");
  EXPECT_EQ(refused.actual(), 4U);
  EXPECT_EQ(live.session.position(), 0U);
  room.resize(static_cast<std::size_t>(refused.needed()));
  EXPECT_TRUE(prefill_text(live.session, tokenizer, text, {.room = std::span(room)}).ok());
}

TEST_F(Prompt, GoesBackWhenALaterPieceIsRefused) {
  test::Recipe separate = recipe();
  separate.architecture.tied_embedding = false;
  const LoadedModel poisoned(separate, test::all_f32);
  const TokenId last = encoded(story, false).back();
  const PackedMatrix rows = embedding(poisoned.model);
  auto* row = const_cast<float*>(reinterpret_cast<const float*>(rows.codes)) +
              std::size_t{last} * rows.columns;  // NOLINT: the test owns the file
  row[0] = std::numeric_limits<float>::quiet_NaN();
  LiveSession other(poisoned.model, config());
  ASSERT_TRUE(other.session.step(5).ok());
  Tokens room(8);
  const auto refused =
      prefill_text(other.session, tokenizer, story,
                   {.sampler = &sampler, .detokenizer = &detokenizer, .room = std::span(room)});
  EXPECT_EQ(refused.status().code(), ErrorCode::not_finite);
  EXPECT_EQ(other.session.position(), 1U);
  EXPECT_EQ(sampler.recent_count(), 0U);
}

TEST_F(Prompt, TellsTheSamplerOnlyWhatACancelledPrefillKept) {
  const Tokens tokens = encoded(story, true);
  struct Watch {
    std::uint64_t total = 0;
    static bool report(void* user_data, std::uint64_t done, std::uint64_t total) {
      static_cast<Watch*>(user_data)->total = total;
      return done < 8;
    }
  } watch;
  for (const std::size_t size : {1000U, 7U}) {
    live.session.reset();
    sampler.reset();
    Tokens room(size);
    const auto stopped = prefill_text(
        live.session, tokenizer, story,
        {.sampler = &sampler, .progress = {&Watch::report, &watch}, .room = std::span(room)});
    EXPECT_EQ(stopped.status().code(), ErrorCode::cancelled);
    EXPECT_EQ(watch.total, tokens.size()) << "progress is that of the whole text";
    const std::uint64_t kept = live.session.position();
    EXPECT_GE(kept, 8U);
    EXPECT_LT(kept, tokens.size());
    EXPECT_EQ(recent(), Tokens(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(kept)));
  }
}

TEST_F(Prompt, SamplerOptionsAreTheModels) {
  const SamplingDefaults defaults = loaded.model.sampling();
  const SamplerOptions options = sampler_options(loaded.model);
  EXPECT_EQ(options.temperature, defaults.temperature);
  EXPECT_EQ(options.top_k, defaults.top_k);
  EXPECT_EQ(options.top_p, defaults.top_p);
  EXPECT_EQ(options.min_p, defaults.min_p);
  EXPECT_EQ(options.repeat_penalty, defaults.repeat_penalty);
  EXPECT_EQ(options.seed, 0U);
}

}  // namespace
}  // namespace ringlet
