// Speculative decoding gives the text without drafts, whatever is drafted: every kernel set, cache
// and sampler, through wraps, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "model/weights.hpp"
#include "ringlet/lookup.hpp"
#include "ringlet/speculation.hpp"
#include "support/family_models.hpp"
#include "support/kernel_sets.hpp"
#include "support/ring_cases.hpp"
#include "support/sanitized.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"
#include "writers.hpp"

namespace ringlet::test {
namespace {

using namespace speculation;

class Speculation : public testing::TestWithParam<const KernelSet*> {};

TEST_P(Speculation, IsInvisible) {
  const Tokens prompt = random_tokens(23, vocabulary, 2);
  for (const auto& weights : {all_f32, all_int8, all_int4}) {
    const LoadedModel file(ring_recipe(), weights);
    for (const KvFormats kv :
         {KvFormats(KvFormat::f32), KvFormats(KvFormat::int8),
          KvFormats(KvFormat::int8, KvFormat::int4), KvFormats(KvFormat::int4)}) {
      for (const SamplerOptions& options : samplers()) {
        Writer plain(file.model, config_of(kv), options, *GetParam());
        plain.read(prompt);
        plain.write_plainly(150);
        Writer writer(file.model, config_of(kv), options, *GetParam());
        writer.read(prompt);
        Adversary adversary{.text = &plain.text, .state = options.repeat_window + 77};
        DraftLength length = DraftLength::fixed(1 + options.top_k % 16 + 6);
        writer.write(150, adversary.drafter(), length);
        ASSERT_EQ(writer.text, plain.text);
        EXPECT_GT(writer.accepted, 10U);
        EXPECT_GT(writer.drafted, writer.accepted + 10);
        expect_same_logits(plain, writer, writer.live.session.position());
        EXPECT_EQ(writer.live.session.position(), plain.live.session.position());
        EXPECT_EQ(writer.sampler.state().draws, plain.sampler.state().draws);
        EXPECT_TRUE(same_bits(writer.live.session.logits(), plain.live.session.logits()));
        // Once both have passed the highest position written, nor do their snapshots differ.
        const Tokens rest = random_tokens(16, vocabulary, 6);
        digest_of_steps(writer.live.session, rest);
        digest_of_steps(plain.live.session, rest);
        const AlignedBytes a = snapshot_of(writer.live.session, &writer.sampler);
        const AlignedBytes b = snapshot_of(plain.live.session, &plain.sampler);
        EXPECT_TRUE(std::ranges::equal(a.span(), b.span()));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, Speculation, testing::ValuesIn(kernel_sets()), set_name);

TEST(SpeculationText, IsTheSameAfterAHundredThousandTokens) {
  constexpr std::size_t count = sanitized ? 5000 : 100000;
  const LoadedModel file(ring_recipe(), all_int4);
  const Tokens prompt = random_tokens(23, vocabulary, 2);
  const SamplerOptions options{.temperature = 1.2F, .repeat_penalty = 1.1F, .seed = 7};
  const KernelSet& kernels = *kernel_sets().back();
  Writer plain(file.model, config_of(KvFormat::int4), options, kernels);
  plain.read(prompt);
  plain.write_plainly(count);
  Writer writer(file.model, config_of(KvFormat::int4), options, kernels);
  writer.read(prompt);
  Adversary adversary{.text = &plain.text};
  DraftLength length = DraftLength::fixed(7);
  writer.write(count, adversary.drafter(), length);
  ASSERT_EQ(writer.text, plain.text);
  expect_same_logits(plain, writer, writer.live.session.position());
}

TEST(SpeculationText, EndsInTheMiddleOfADraftAsItEndsWithout) {
  const LoadedModel file(ring_recipe(), all_int8);
  const Tokens prompt = random_tokens(9, vocabulary, 4);
  const SamplerOptions options{.temperature = 0.9F, .seed = 8};
  const KernelSet& kernels = *kernel_sets().front();
  Writer whole(file.model, config_of(KvFormat::int8), options, kernels);
  whole.read(prompt);
  whole.write_plainly(60);
  for (std::size_t count = 1; count < 40; ++count) {
    Writer plain(file.model, config_of(KvFormat::int8), options, kernels);
    plain.read(prompt);
    plain.write_plainly(count);
    Writer writer(file.model, config_of(KvFormat::int8), options, kernels);
    writer.read(prompt);
    Adversary adversary{.text = &whole.text};
    DraftLength length = DraftLength::fixed(15);
    writer.write(count, adversary.drafter(), length);
    EXPECT_EQ(writer.text, plain.text) << count;
    EXPECT_EQ(writer.live.session.position(), plain.live.session.position()) << count;
    EXPECT_EQ(writer.sampler.state().draws, plain.sampler.state().draws) << count;
    EXPECT_TRUE(same_bits(writer.live.session.logits(), plain.live.session.logits())) << count;
  }
}

TEST(SpeculationText, IsSoonerWithALookupWhereItRepeatsItself) {
  const LoadedModel file(ring_recipe(), all_int8);
  const Tokens phrase = random_tokens(12, vocabulary, 4);
  Config config = config_of(KvFormat::int8);
  config.lookup_window = 256;
  const SamplerOptions greedy;
  const KernelSet& kernels = *kernel_sets().front();
  Writer plain(file.model, config, greedy, kernels);
  plain.read(phrase);
  plain.write_plainly(600);
  Writer writer(file.model, config, greedy, kernels);
  writer.read(phrase);
  Lookup lookup = *Lookup::create(config.lookup_window, writer.live.session.lookup_workspace());
  lookup.observe(phrase);
  DraftLength length = DraftLength::fixed(7);
  writer.write(600, lookup.drafter(), length);
  EXPECT_EQ(writer.text, plain.text);
  // A small greedy model soon goes round in circles.
  EXPECT_GT(writer.accepted, 300U);
}

TEST(SpeculationText, NeedsNoDrafter) {
  const LoadedModel file(ring_recipe(), all_int8);
  const Tokens prompt = random_tokens(9, vocabulary, 4);
  Config config = config_of(KvFormat::int8);
  config.draft_tokens = 0;
  const KernelSet& kernels = *kernel_sets().front();
  Writer plain(file.model, config, {}, kernels);
  plain.read(prompt);
  plain.write_plainly(50);
  Writer writer(file.model, config, {}, kernels);
  writer.read(prompt);
  DraftLength length = DraftLength::fixed(4);
  writer.write(50, {}, length);
  EXPECT_EQ(writer.text, plain.text);
  EXPECT_EQ(writer.drafted, 0U);
}

/// Drafts the same token again and again.
Drafter drafter_of(TokenId& token) {
  return {.user_data = &token,
          .draft =
              [](void* self, std::span<TokenId> out) noexcept {
                std::ranges::fill(out, *static_cast<const TokenId*>(self));
                return out.size();
              },
          .observe = nullptr};
}

/// Chooses by a rule of its own: the least likely token of the lower half of the vocabulary.
struct Contrarian {
  std::size_t calls = 0;

  TokenId sample(std::span<const float> logits) noexcept {
    ++calls;
    const auto half = logits.first(logits.size() / 2);
    return static_cast<TokenId>(std::min_element(half.begin(), half.end()) - half.begin());
  }
};

TEST(SpeculationText, IsThatOfAnyChooser) {
  const LoadedModel file(ring_recipe(), all_int8);
  const Tokens prompt{1, 2, 3};
  Writer plain(file.model, config_of(KvFormat::int8), {}, *kernel_sets().front());
  plain.read(prompt);
  Contrarian rule;
  while (plain.text.size() < 60) {
    plain.text.push_back(rule.sample(plain.live.session.logits()));
    ASSERT_TRUE(plain.live.session.step(plain.text.back()).ok());
  }
  Writer writer(file.model, config_of(KvFormat::int8), {}, *kernel_sets().front());
  writer.read(prompt);
  Adversary adversary{.text = &plain.text};
  DraftLength length = DraftLength::fixed(4);
  Contrarian chooser;
  writer.wanted = 60;
  writer.text.push_back(chooser.sample(writer.live.session.logits()));
  const TokenSink sink{&writer, [](void* self, TokenId token) noexcept {
                         auto& told = *static_cast<Writer*>(self);
                         told.text.push_back(token);
                         return told.text.size() < told.wanted;
                       }};
  for (bool ended = false; !ended;) {
    const Result<Round> round = speculate(writer.live.session, TokenChooser::of(chooser),
                                          adversary.drafter(), length, writer.text.back(), sink);
    ASSERT_TRUE(round.ok()) << line(round.status());
    writer.accepted += round->accepted;
    ended = round->ended;
  }
  EXPECT_EQ(writer.text, plain.text);
  EXPECT_EQ(chooser.calls, 60U);
  EXPECT_GT(writer.accepted, 0U);
}

TEST(SpeculationText, IsNotSpoiledByADraftThatTheModelCannotCompute) {
  Recipe spoiled = ring_recipe();
  spoiled.architecture.tied_embedding = false;
  LoadedModel file(spoiled, all_f32);
  TokenId poison = 5;
  const PackedMatrix table = embedding(file.model);
  auto* row = reinterpret_cast<float*>(const_cast<std::uint8_t*>(table.codes)) +
              std::size_t{poison} * table.columns;
  std::fill_n(row, table.columns, std::numeric_limits<float>::infinity());
  const Tokens prompt{1, 2, 3};
  const SamplerOptions greedy;
  const KernelSet& kernels = *kernel_sets().front();
  Writer writer(file.model, config_of(KvFormat::f32), greedy, kernels);
  ASSERT_TRUE(writer.live.session.prefill(prompt).ok());
  const TokenId tokens[] = {7, poison, poison};
  const Status refused = writer.live.session.verify(tokens);
  ASSERT_EQ(refused.code(), ErrorCode::not_finite);
  ASSERT_EQ(refused.index(), 4);
  EXPECT_EQ(writer.live.session.position(), 3U);
  EXPECT_TRUE(writer.live.session.logits().empty());

  DraftLength length = DraftLength::fixed(4);
  Tokens text;
  const TokenSink sink{&text, [](void* self, TokenId token) noexcept {
                         static_cast<Tokens*>(self)->push_back(token);
                         return true;
                       }};
  const Result<Round> round =
      speculate(writer.live.session, writer.sampler, drafter_of(poison), length, 7, sink);
  ASSERT_TRUE(round.ok()) << line(round.status());
  EXPECT_EQ(round->drafted, 0U);
  EXPECT_EQ(writer.live.session.position(), 4U);
  LiveSession plain(file.model, config_of(KvFormat::f32), {}, kernels);
  digest_of_steps(plain.session, Tokens{1, 2, 3, 7});
  EXPECT_TRUE(same_bits(writer.live.session.logits(), plain.session.logits()));
  // The poison itself cannot be computed, with drafts or without.
  EXPECT_EQ(speculate(writer.live.session, writer.sampler, drafter_of(poison), length, poison, sink)
                .status()
                .code(),
            ErrorCode::not_finite);
  EXPECT_EQ(writer.live.session.position(), 4U);
}

/// The first of the families whose positions are learned.
const Model& learned_model() {
  std::size_t index = 0;
  while (family_model(index).model.architecture().learned_positions == 0) ++index;
  return family_model(index).model;
}

TEST(SpeculationText, EndsAtTheLastLearnedPositionAsItDoesWithout) {
  const Model& model = learned_model();
  const std::uint32_t positions = model.architecture().learned_positions;
  const Config config{.kv = KvFormat::int8, .draft_tokens = 15};
  const Tokens prompt = random_tokens(9, model.architecture().vocab_size, 4);
  const std::size_t count = positions - prompt.size() + 1;
  const KernelSet& kernels = *kernel_sets().front();
  Writer plain(model, config, {}, kernels);
  plain.read(prompt);
  plain.write_plainly(count);  // the last token has no position any more
  EXPECT_EQ(plain.live.session.position(), positions);
  Writer writer(model, config, {}, kernels);
  writer.read(prompt);
  Adversary adversary{.text = &plain.text};
  DraftLength length = DraftLength::fixed(15);
  writer.write(count, adversary.drafter(), length);
  EXPECT_EQ(writer.text, plain.text);
  const TokenSink sink{nullptr, [](void*, TokenId) noexcept { return true; }};
  EXPECT_EQ(speculate(writer.live.session, writer.sampler, {}, length, writer.text.back(), sink)
                .status()
                .code(),
            ErrorCode::out_of_range);
}

}  // namespace
}  // namespace ringlet::test
