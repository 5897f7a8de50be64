// Texts that follow a grammar in a session: with drafts of what is forced, and any other drafts,
// they are those without, and so is the confidence.
#include "ringlet/forced_draft.hpp"

#include <gtest/gtest.h>

#include "ringlet/constrained_sampler.hpp"
#include "ringlet/speculation.hpp"
#include "support/grammar_rig.hpp"
#include "support/kernel_sets.hpp"
#include "support/pieces.hpp"
#include "support/sessions.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t draft_tokens = 5;
constexpr std::size_t most_tokens = 60;

/// A model of 256 byte tokens and some pieces.
const Model& model() {
  static const LoadedModel file = [] {
    using Kind = convert::SourcePieceKind;
    convert::SourceTokenizer tokenizer;
    tokenizer.pieces = special_and_byte_pieces();
    for (const char* piece : {"{\"", "room\"", "kitchen", "\"}", " the", "item", "\":\"", "cene"}) {
      tokenizer.pieces.push_back({piece, 0, Kind::normal});
    }
    tokenizer.bos = 1;
    tokenizer.eos = 2;
    tokenizer.unknown = 0;
    return LoadedModel(write_with_tokenizer(tokenizer, all_int8));
  }();
  return file.model;
}

/// Drafts tokens of its own, right or wrong, whatever is forced.
struct Noise {
  std::uint32_t state = 1;

  std::size_t draft(std::span<TokenId> out) noexcept {
    for (TokenId& token : out) {
      state = state * 1664525U + 1013904223U;
      token = (state >> 8) % model().architecture().vocab_size;
    }
    return out.size();
  }
  void observe(std::span<const TokenId> /*tokens*/) noexcept {}
};

/// A session, a grammar and what was written.
struct Writer {
  Writer(const grammar::Automaton& automaton, const SamplerOptions& options, bool counts,
         const KernelSet& kernels)
      : file(automaton),
        live(model(), {.context = 64, .draft_tokens = draft_tokens}, {}, kernels),
        rig(model(), built.trie, file.grammar, usual_run_time()),
        sampler(*live.session.sampler(options)),
        chooser(sampler, rig.state, counts ? &confidence : nullptr) {
    EXPECT_TRUE(live.session.prefill(std::vector<TokenId>{1, 70, 71}).ok());
    EXPECT_TRUE(rig.state.reset().ok());
  }

  bool take(TokenId token) {
    if (token == Sampler::none) return false;
    text.push_back(token);
    return text.size() < most_tokens && !rig.state.ended();
  }

  void write_plainly() {
    while (take(chooser.sample(live.session.logits()))) {
      ASSERT_TRUE(live.session.step(text.back()).ok());
    }
  }

  void write(const Drafter& other, bool forced) {
    const Tokenizer tokenizer = *Tokenizer::open(model());
    ForcedDraft drafts(rig.state, tokenizer, live.session.tokenizer_workspace(), other);
    const TokenSink sink{this, [](void* self, TokenId token) noexcept {
                           return static_cast<Writer*>(self)->take(token);
                         }};
    DraftLength length = DraftLength::fixed(draft_tokens);
    bool more = take(chooser.sample(live.session.logits()));
    while (more) {
      const bool was_forced = drafts.is_forced();
      const Result<Round> round =
          speculate(live.session, TokenChooser::of(chooser), forced ? Drafter::of(drafts) : other,
                    length, text.back(), sink);
      ASSERT_TRUE(round.ok()) << round.status().what();
      forced_rounds += was_forced ? 1 : 0;
      accepted += round->accepted;
      more = !round->ended;
    }
  }

  LoadedGrammar file;
  BuiltTrie built{model()};
  LiveSession live;
  GrammarRig rig;
  Sampler sampler;
  Confidence confidence;
  ConstrainedSampler chooser;
  std::vector<TokenId> text;
  std::uint64_t forced_rounds = 0;
  std::uint64_t accepted = 0;
};

std::vector<SamplerOptions> samplers() {
  return {{.temperature = 0},
          {.temperature = 0, .repeat_penalty = 1.3F, .repeat_window = 8},
          {.temperature = 1, .seed = 3},
          {.temperature = 2, .top_k = 40, .top_p = 0.9F, .seed = 4},
          {.temperature = 0.7F, .min_p = 0.05F, .repeat_penalty = 1.1F, .seed = 5}};
}

void expect_same(const Writer& a, const Writer& b) {
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.sampler.state().draws, b.sampler.state().draws);
  EXPECT_EQ(a.confidence.confidence(), b.confidence.confidence());
  EXPECT_EQ(a.confidence.allowed(), b.confidence.allowed());
  EXPECT_EQ(a.live.session.position(), b.live.session.position());
}

class ForcedDrafts : public testing::TestWithParam<const KernelSet*> {};

TEST_P(ForcedDrafts, AreInvisible) {
  std::uint64_t forced_rounds = 0;
  std::uint64_t accepted = 0;
  for (const grammar::Automaton& automaton :
       {json_grammar(), lists_grammar(), spaced_grammar(), counted_grammar()}) {
    for (const SamplerOptions& options : samplers()) {
      for (const bool counts : {false, true}) {
        Writer plain(automaton, options, counts, *GetParam());
        plain.write_plainly();
        EXPECT_GT(plain.text.size(), 1U);
        Noise noise;
        for (const Drafter& other : {Drafter{}, Drafter::of(noise)}) {
          for (const bool forced : {false, true}) {
            Writer writer(automaton, options, counts, *GetParam());
            writer.write(other, forced);
            expect_same(plain, writer);
            if (!forced || other.draft != nullptr) continue;
            forced_rounds += writer.forced_rounds;
            accepted += writer.accepted;
          }
        }
      }
    }
  }
  EXPECT_GT(forced_rounds, 20U);
  EXPECT_GT(accepted, forced_rounds / 2);
}

INSTANTIATE_TEST_SUITE_P(Sets, ForcedDrafts, testing::ValuesIn(kernel_sets()), set_name);

TEST(ForcedDraft, DraftsWhatIsForcedAndLeavesTheRestToOthers) {
  Writer writer(lists_grammar(), {.temperature = 0}, false, *kernel_sets().front());
  const Tokenizer tokenizer = *Tokenizer::open(model());
  Noise noise;
  ForcedDraft drafts(writer.rig.state, tokenizer, writer.live.session.tokenizer_workspace(),
                     Drafter::of(noise));
  std::vector<TokenId> out(8);
  std::string text;
  Detokenizer detokenizer(tokenizer, false);
  ASSERT_TRUE(drafts.is_forced());
  const std::size_t count = drafts.draft(out);
  ASSERT_GT(count, 0U);
  for (std::size_t i = 0; i < count; ++i) {
    text += detokenizer.next(out[i]);
    ASSERT_TRUE(writer.rig.state.accept(out[i]));
  }
  EXPECT_EQ(text, "{\"");
  EXPECT_FALSE(drafts.is_forced());  // "room" or "scene"
  EXPECT_EQ(drafts.draft(out), out.size());
  EXPECT_EQ(noise.state != 1, true);
}

TEST(ConstrainedSampler, SaysWhenNoTokenCanCome) {
  Writer writer(counted_grammar(), {.temperature = 0}, true, *kernel_sets().front());
  while (!writer.rig.state.ended()) {
    const TokenId token = writer.chooser.sample(writer.live.session.logits());
    ASSERT_NE(token, Sampler::none);
    writer.text.push_back(token);
    ASSERT_LT(writer.text.size(), most_tokens);
  }
  const float before = writer.confidence.confidence();
  EXPECT_EQ(writer.chooser.sample(writer.live.session.logits()), Sampler::none);
  EXPECT_EQ(writer.confidence.confidence(), before);
}

}  // namespace
}  // namespace ringlet::test
