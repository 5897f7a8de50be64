// Drafts from a second model: of the same vocabulary token by token, of another through the text.
// The text is the one without drafts; what the models agree on comes sooner.
#include "ringlet/draft_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <type_traits>

#include "ringlet/draft_text.hpp"
#include "ringlet/prompt.hpp"
#include "ringlet/speculation.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

Recipe recipe(std::uint64_t seed) {
  Recipe recipe{.architecture = small_architecture(), .seed = seed, .tokenizer = true};
  recipe.architecture.vocab_size = tokenizer_pieces;
  return recipe;
}

/// A target with memory for the session of a draft model, as one number.
struct Pair {
  Pair(const Model& target, const Model& draft, Config draft_config = {.context = 40})
      : config{.context = 50,
               .draft_tokens = 15,
               .draft_bytes = plan(draft, draft_config)->total()},
        live(target, config, {}, *kernel_sets().front()),
        own(*Session::create(draft, draft_config, live.session.draft_memory(),
                             *kernel_sets().front())) {}

  Config config;
  LiveSession live;
  Session own;
};

struct Outcome {
  Tokens text;
  std::uint64_t drafted = 0;
  std::uint64_t accepted = 0;
};

/// The text after a prompt, and what of the drafts it has.
Outcome written(Session session, const Drafter& drafter, const Tokens& prompt, std::size_t count,
                const SamplerOptions& options, std::uint32_t drafts) {
  Outcome outcome;
  Sampler sampler = *session.sampler(options);
  EXPECT_TRUE(session.prefill(prompt).ok());
  for (const TokenId token : prompt) sampler.observe(token);
  if (drafter.observe != nullptr) drafter.observe(drafter.user_data, prompt);
  DraftLength length = DraftLength::fixed(drafts);
  const TokenSink sink{&outcome.text, [](void* self, TokenId token) noexcept {
                         static_cast<Tokens*>(self)->push_back(token);
                         return true;
                       }};
  outcome.text.push_back(sampler.sample(session.logits()));
  while (outcome.text.size() < count) {
    const Result<Round> round =
        speculate(session, sampler, drafter, length, outcome.text.back(), sink);
    EXPECT_TRUE(round.ok()) << line(round.status());
    if (!round.ok()) break;
    outcome.drafted += round->drafted;
    outcome.accepted += round->accepted;
  }
  outcome.text.resize(count);
  return outcome;
}

SamplerOptions warm(std::uint64_t seed) { return {.temperature = 0.9F, .seed = seed}; }

/// Compares texts with and without drafts of the target itself and of another model.
template <typename Drafts>
void expect_the_same_text() {
  const LoadedModel target(recipe(1), all_int8);
  const LoadedModel other(recipe(2), all_int8);
  const Tokens prompt = random_tokens(70, tokenizer_pieces, 3);
  for (const std::uint32_t drafts : {1U, 3U, 4U, 7U, 15U}) {
    for (const Model* draft : {&target.model, &other.model}) {
      for (const SamplerOptions& options : {SamplerOptions{}, warm(5)}) {
        Pair plain(target.model, *draft);
        const Outcome expected = written(plain.live.session, {}, prompt, 130, options, 0);
        Pair pair(target.model, *draft);
        Drafts drafter = *Drafts::create(target.model, pair.own);
        const Outcome outcome =
            written(pair.live.session, drafter.drafter(), prompt, 130, options, drafts);
        EXPECT_EQ(outcome.text, expected.text) << drafts;
        if (std::is_same_v<Drafts, DraftModel>) {
          EXPECT_GT(outcome.drafted, 0U);
        }
      }
    }
  }
}

TEST(DraftModel, ChangesNothingWhateverItDrafts) { expect_the_same_text<DraftModel>(); }

Recipe recurrent_recipe(bool is_delta) {
  Recipe hybrid = recipe(3);
  hybrid.mixers = {is_delta ? Mixer::gated_delta : Mixer::short_convolution, Mixer::attention};
  hybrid.architecture.convolution = 3;
  if (is_delta) add_state(hybrid.architecture);
  return hybrid;
}

/// Where a drafter's session is after a draft of which the text has nothing.
template <typename Drafts>
std::uint64_t position_after_a_draft(const Model& draft) {
  Config config{.context = 40};
  config.rewind = config.ring_chunk();
  Pair pair(draft, draft, config);
  Drafts drafter = *Drafts::create(draft, pair.own);
  Tokens text;
  constexpr TokenId space = 295, letters = 269;
  for (TokenId i = 0; i < 15; ++i) text.insert(text.end(), {space, letters + i});
  drafter.observe(text);
  Tokens drafts(6);
  const std::size_t count = drafter.draft(drafts);
  const TokenId wrong = count == 0 || drafts[0] != space ? space : letters;
  drafter.observe({&wrong, 1});
  (void)drafter.draft(drafts);
  return pair.own.position();
}

/// Recurrent layers go back over what was not accepted, and keep the rest, as others do.
template <typename Drafts>
void expect_to_keep_the_text() {
  const LoadedModel plain(recipe(3), all_int8);
  const std::uint64_t expected = position_after_a_draft<Drafts>(plain.model);
  EXPECT_GT(expected, 20U);
  for (const bool is_delta : {false, true}) {
    const LoadedModel draft(recurrent_recipe(is_delta), all_int8);
    EXPECT_GE(position_after_a_draft<Drafts>(draft.model), expected - 6) << is_delta;
    Config config{.context = 40};
    Pair pair(draft.model, draft.model, config);
    const auto refused = Drafts::create(draft.model, pair.own);
    EXPECT_STREQ(refused.status().where(), "rewind");
    EXPECT_EQ(refused.status().needed(), config.ring_chunk());
  }
}

TEST(DraftModel, WithRecurrentLayersKeepsTheText) { expect_to_keep_the_text<DraftModel>(); }
TEST(DraftText, WithRecurrentLayersKeepsTheText) { expect_to_keep_the_text<DraftText>(); }

TEST(DraftModel, OfTheSameModelIsAcceptedWhenever) {
  const LoadedModel target(recipe(1), all_int8);
  const Config config{.context = 50};
  Pair pair(target.model, target.model, config);
  DraftModel drafter = *DraftModel::create(target.model, pair.own);
  const Tokens prompt = random_tokens(20, tokenizer_pieces, 3);
  const Outcome outcome =
      written(pair.live.session, drafter.drafter(), prompt, 300, SamplerOptions{}, 5);
  EXPECT_EQ(outcome.accepted, outcome.drafted);
  EXPECT_GT(outcome.accepted, 200U);
}

TEST(DraftModel, FollowsTheTextThatItDidNotDraft) {
  // Of a sampled text it accepts what is likeliest; after each wrong draft it must go on from the
  // text, as a session does that only read it.
  const LoadedModel target(recipe(1), all_int8);
  const Tokens text = random_tokens(200, tokenizer_pieces, 8);
  const Config config{.context = 50};
  Pair pair(target.model, target.model, config);
  DraftModel drafter = *DraftModel::create(target.model, pair.own);
  LiveSession reader(target.model, config, {}, *kernel_sets().front());
  std::size_t at = 0;
  for (const std::size_t piece : {1U, 70U, 3U, 1U, 2U, 16U, 1U, 65U, 1U}) {
    const auto part = std::span(text).subspan(at, piece);
    at += piece;
    drafter.observe(part);
    ASSERT_TRUE(reader.session.prefill(part).ok());
    std::array<TokenId, 4> drafts;
    ASSERT_EQ(drafter.draft(drafts), drafts.size());
    const std::uint64_t here = reader.session.position();
    for (const TokenId token : drafts) {
      const auto logits = reader.session.logits();
      EXPECT_EQ(token, std::max_element(logits.begin(), logits.end()) - logits.begin()) << at;
      ASSERT_TRUE(reader.session.step(token).ok());
    }
    ASSERT_TRUE(reader.session.truncate(here).ok());
  }
}

/// Observes a text token by token, as speculate() tells it.
template <typename Drafts>
void tell_slowly(Drafts& drafter, std::span<const TokenId> text) {
  for (const TokenId& token : text) drafter.observe({&token, 1});
}

TEST(DraftModel, DoesNotReadWhatNobodyAsksItToContinue) {
  const LoadedModel target(recipe(1), all_int8);
  const Tokens text = random_tokens(600, tokenizer_pieces, 8);
  Pair pair(target.model, target.model, {.context = 50});
  DraftModel drafter = *DraftModel::create(target.model, pair.own);
  tell_slowly(drafter, text);
  EXPECT_LE(pair.own.position(), 64U);
  // Asked again, it continues the newest tokens.
  std::array<TokenId, 1> draft{};
  ASSERT_EQ(drafter.draft(draft), 1U);
  const auto read = static_cast<std::size_t>(pair.own.position());
  EXPECT_GE(read, 32U);
  LiveSession reader(target.model, {.context = 50}, {}, *kernel_sets().front());
  ASSERT_TRUE(reader.session.prefill(std::span(text).last(read)).ok());
  EXPECT_TRUE(same_bits(pair.own.logits(), reader.session.logits()));
  // And it reads again what follows.
  ASSERT_EQ(drafter.draft(draft), 1U);
  tell_slowly(drafter, std::span(text).first(5));
  ASSERT_EQ(drafter.draft(draft), 1U);
  EXPECT_EQ(pair.own.position(), read + 5);
}

TEST(DraftModel, ReadsAPromptAfterAPauseToo) {
  const LoadedModel target(recipe(1), all_int8);
  const Tokens text = random_tokens(600, tokenizer_pieces, 8);
  Pair pair(target.model, target.model, {.context = 50});
  DraftModel drafter = *DraftModel::create(target.model, pair.own);
  tell_slowly(drafter, text);
  drafter.observe(std::span(text).first(200));
  std::array<TokenId, 1> draft{};
  ASSERT_EQ(drafter.draft(draft), 1U);
  EXPECT_GE(pair.own.position(), 200U + 32U);
}

TEST(DraftText, PausesAsWell) {
  const LoadedModel target(recipe(1), all_int8);
  const LoadedModel other(recipe(2), all_int8);
  Tokens text;  // "ab ab ab …" in the tokens of bytes
  for (TokenId i = 0; i < 900; ++i) text.push_back(3 + static_cast<TokenId>("ab "[i % 3]));
  Pair pair(target.model, other.model, {.context = 50});
  DraftText drafter = *DraftText::create(target.model, pair.own);
  tell_slowly(drafter, text);
  const std::uint64_t before = pair.own.position();
  tell_slowly(drafter, text);
  EXPECT_EQ(pair.own.position(), before);
  // Asked for drafts, it reads again.
  for (const TokenId& token : std::span(text).first(200)) {
    std::array<TokenId, 4> draft{};
    drafter.observe({&token, 1});
    (void)drafter.draft(draft);
  }
  EXPECT_GT(pair.own.position(), before);
}

TEST(DraftModel, MustHaveTheVocabularyOfTheTarget) {
  const LoadedModel target(recipe(1), all_int8);
  EXPECT_TRUE(same_vocabulary(target.model, target.model).ok());
  Recipe bare = recipe(1);
  bare.tokenizer = false;
  const LoadedModel without(bare, all_int8);
  EXPECT_TRUE(same_vocabulary(target.model, without.model).ok());
  bare.architecture.vocab_size = 48;
  const LoadedModel smaller(bare, all_int8);
  const Status status = same_vocabulary(target.model, smaller.model);
  EXPECT_EQ(status.code(), ErrorCode::invalid_argument);
  EXPECT_EQ(status.needed(), tokenizer_pieces);
  EXPECT_EQ(status.actual(), 48U);
}

TEST(DraftText, ChangesNothingWhateverItDrafts) { expect_the_same_text<DraftText>(); }

TEST(DraftText, NeedsTokenizers) {
  const LoadedModel target(recipe(1), all_int8);
  Recipe bare = recipe(1);
  bare.tokenizer = false;
  const LoadedModel without(bare, all_int8);
  Pair pair(target.model, without.model);
  EXPECT_EQ(DraftText::create(target.model, pair.own).status().code(), ErrorCode::unsupported);
  Pair reverse(without.model, target.model);
  EXPECT_EQ(DraftText::create(without.model, reverse.own).status().code(), ErrorCode::unsupported);
}

}  // namespace
}  // namespace ringlet::test
