// The meaning of each option on logits made by hand.
#include "ringlet/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "support/aligned.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using Logits = std::vector<float>;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// A sampler and its workspace, of exactly the requested size.
struct Rig {
  Rig(const SamplerOptions& options, std::size_t vocab_size)
      : memory(static_cast<std::size_t>(Sampler::workspace_bytes(
            static_cast<std::uint32_t>(vocab_size), options.repeat_window))),
        sampler(*Sampler::create(options, static_cast<std::uint32_t>(vocab_size), memory.span(),
                                 scalar_kernels())) {}

  AlignedBytes memory;
  Sampler sampler;
};

/// The tokens that come up in many draws.
std::set<TokenId> reachable(const SamplerOptions& options, const Logits& logits) {
  Rig rig(options, logits.size());
  std::set<TokenId> tokens;
  for (int i = 0; i < 3000; ++i) tokens.insert(rig.sampler.sample(logits));
  return tokens;
}

/// Logits of tokens with these probabilities.
Logits logits_of(const std::vector<double>& probabilities) {
  Logits logits;
  for (const double p : probabilities) logits.push_back(static_cast<float>(std::log(p)));
  return logits;
}

using Set = std::set<TokenId>;

TEST(SamplerOptions, AreCheckedOneByOne) {
  AlignedBytes memory(4096);
  const auto where = [&](const SamplerOptions& options) {
    const Result<Sampler> sampler = Sampler::create(options, 100, memory.span(), scalar_kernels());
    EXPECT_EQ(sampler.status().code(), ErrorCode::invalid_argument);
    return std::string(sampler.status().where());
  };
  for (const float bad : {-0.1F, infinity, nan})
    EXPECT_EQ(where({.temperature = bad}), "temperature");
  for (const float bad : {0.0F, -1.0F, 1.01F, nan}) EXPECT_EQ(where({.top_p = bad}), "top_p");
  for (const float bad : {-0.1F, 1.0F, nan}) EXPECT_EQ(where({.min_p = bad}), "min_p");
  for (const float bad : {0.0F, -1.0F, infinity, nan}) {
    EXPECT_EQ(where({.repeat_penalty = bad}), "repeat_penalty");
  }
  EXPECT_TRUE(Sampler::create({}, 100, memory.span(), scalar_kernels()).ok());
  EXPECT_EQ(Sampler::create({}, 0, memory.span(), scalar_kernels()).status().where(),
            std::string("vocab_size"));
  EXPECT_EQ(Sampler::create({}, 100, memory.span().subspan(4), scalar_kernels()).status().where(),
            std::string("workspace"));
}

TEST(SamplerOptions, NeedTheirWorkspace) {
  EXPECT_EQ(Sampler::workspace_bytes(1000, 64), 8256U);
  EXPECT_EQ(Sampler::workspace_bytes(0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFFULL * 12);
  AlignedBytes memory(8255);
  const Result<Sampler> sampler =
      Sampler::create({.repeat_window = 64}, 1000, memory.span(), scalar_kernels());
  EXPECT_EQ(sampler.status().code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(sampler.status().needed(), 8256U);
  EXPECT_EQ(sampler.status().actual(), 8255U);
}

TEST(Sampler, ChoosesTheHighestLogitAndTheLowestIdWhenGreedy) {
  Rig rig({}, 5);
  EXPECT_EQ(rig.sampler.sample(Logits{1, 3, 2, 3, 0}), 1U);
  EXPECT_EQ(rig.sampler.sample(Logits{-5, -4, -3, -2, -1}), 4U);
  EXPECT_EQ(rig.sampler.sample(Logits{0, 0, 0, 0, 0}), 0U);
}

TEST(Sampler, NeverChoosesNanUnlessAllAre) {
  for (const float temperature : {0.0F, 1.0F}) {
    const SamplerOptions options{.temperature = temperature};
    EXPECT_EQ(reachable(options, {nan, nan, -3, nan}), Set{2});
    EXPECT_EQ(reachable(options, {nan, -infinity, nan, -infinity}), Set{1});
    EXPECT_EQ(reachable(options, {nan, nan, nan}), Set{0});
  }
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 0.9F}, {nan, 1, nan, 1}), (Set{1, 3}));
}

TEST(Sampler, HandlesInfinities) {
  const SamplerOptions options{.temperature = 1.0F};
  EXPECT_EQ(reachable(options, {1, infinity, 3, infinity}), (Set{1, 3}));
  EXPECT_EQ(reachable(options, {-infinity, 1, -infinity, 1}), (Set{1, 3}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_k = 3, .top_p = 0.9F}, {1, infinity, 3, infinity}),
            (Set{1, 3}));
  EXPECT_EQ(reachable({}, {1, 2, infinity, infinity}), Set{2});
  const float largest = std::numeric_limits<float>::max();
  EXPECT_EQ(reachable(options, {-largest, largest, largest}), (Set{1, 2}));
}

TEST(Sampler, IsGreedyInTheLimitOfTemperature) {
  EXPECT_EQ(reachable({.temperature = 1e-30F}, {1, 1.001F, 1.0009F}), Set{1});
  EXPECT_EQ(reachable({.temperature = 1e30F}, {1, 100, -100}), (Set{0, 1, 2}));
}

TEST(Sampler, KeepsTheMostLikelyWithTopK) {
  const Logits logits = {1, 4, 2, 4, 3, 2};
  EXPECT_EQ(reachable({.temperature = 5.0F, .top_k = 1}, logits), (Set{1}));
  EXPECT_EQ(reachable({.temperature = 5.0F, .top_k = 3}, logits), (Set{1, 3, 4}));
  // Of equals, the lower ids.
  EXPECT_EQ(reachable({.temperature = 5.0F, .top_k = 4}, logits), (Set{1, 2, 3, 4}));
  EXPECT_EQ(reachable({.temperature = 5.0F, .top_k = 600}, logits).size(), 6U);
}

TEST(Sampler, KeepsTheSmallestSetThatReachesTopP) {
  const Logits logits = logits_of({0.05, 0.5, 0.15, 0.3});
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 0.4F}, logits), (Set{1}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 0.7F}, logits), (Set{1, 3}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 0.9F}, logits), (Set{1, 2, 3}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 0.97F}, logits).size(), 4U);
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 1e-9F}, logits), (Set{1}));
}

/// After top-k, probabilities are relative to what is left: 0.5 is 62 % of 0.5 + 0.3.
TEST(Sampler, AppliesTopPToWhatTopKLeft) {
  const Logits logits = logits_of({0.05, 0.5, 0.15, 0.3});
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_k = 2, .top_p = 0.6F}, logits), (Set{1}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .top_p = 0.6F}, logits), (Set{1, 3}));
}

TEST(Sampler, DropsWhatIsBelowAFractionOfTheMostLikely) {
  const Logits logits = logits_of({0.05, 0.5, 0.15, 0.3});
  EXPECT_EQ(reachable({.temperature = 1.0F, .min_p = 0.05F}, logits).size(), 4U);
  EXPECT_EQ(reachable({.temperature = 1.0F, .min_p = 0.2F}, logits), (Set{1, 2, 3}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .min_p = 0.5F}, logits), (Set{1, 3}));
  EXPECT_EQ(reachable({.temperature = 1.0F, .min_p = 0.99F}, logits), (Set{1}));
  // Temperature comes before: at 2, ratios are square roots.
  EXPECT_EQ(reachable({.temperature = 2.0F, .min_p = 0.5F}, logits), (Set{1, 2, 3}));
}

TEST(Sampler, PenalisesRecentTokensOnce) {
  Rig rig({.repeat_penalty = 2.0F, .repeat_window = 3}, 3);
  const Logits logits = {4, 3, -1};
  EXPECT_EQ(rig.sampler.sample(logits), 0U);  // 4, 3
  EXPECT_EQ(rig.sampler.sample(logits), 1U);  // 2, 3
  EXPECT_EQ(rig.sampler.sample(logits), 0U);  // 2, 1.5
  EXPECT_EQ(rig.sampler.sample(logits), 0U);  // 2 although twice in the window
  EXPECT_EQ(rig.sampler.sample(logits), 0U);  // 2; 1 leaves the window now
  EXPECT_EQ(rig.sampler.sample(logits), 1U);
}

TEST(Sampler, MultipliesNegativeLogitsByThePenalty) {
  Rig rig({.repeat_penalty = 2.0F, .repeat_window = 8}, 2);
  EXPECT_EQ(rig.sampler.sample(Logits{-2, -3}), 0U);
  EXPECT_EQ(rig.sampler.sample(Logits{-2, -3}), 1U);  // −4, −3
  EXPECT_EQ(rig.sampler.sample(Logits{-2, -3}), 0U);  // −4, −6
}

TEST(Sampler, ObservesThePromptAndForgetsItOnReset) {
  Rig rig({.repeat_penalty = 2.0F, .repeat_window = 8}, 2);
  const Logits logits = {4, 3};
  rig.sampler.observe(0);
  rig.sampler.observe(77);  // not of this vocabulary: harmless
  EXPECT_EQ(rig.sampler.sample(logits), 1U);
  rig.sampler.reset();
  EXPECT_EQ(rig.sampler.sample(logits), 0U);
}

TEST(Sampler, DoesNotChangeTheLogits) {
  const Logits logits = {1, 2, 3, nan, 5};
  const Logits before = logits;
  Rig rig({.temperature = 0.7F, .top_k = 3, .top_p = 0.9F, .repeat_penalty = 1.3F}, 5);
  for (int i = 0; i < 20; ++i) rig.sampler.sample(logits);
  // By their bits, for the sake of NaN.
  EXPECT_EQ(std::memcmp(logits.data(), before.data(), logits.size() * sizeof(float)), 0);
}

TEST(Sampler, SurvivesWhatTheContractExcludes) {
  EXPECT_EQ(Sampler().sample(Logits{1, 2}), 0U);
  EXPECT_EQ(Sampler().likeliest(Logits{1, 2}), 0U);
  const std::uint32_t both[] = {3};
  EXPECT_EQ(Sampler().sample(Logits{1, 2}, both), Sampler::none);
  Rig rig({.temperature = 1.0F, .repeat_window = 0}, 2);
  EXPECT_EQ(rig.sampler.sample({}), 0U);
  EXPECT_LE(rig.sampler.sample(Logits{1, 2, 300}), 1U);
  EXPECT_EQ(rig.sampler.sample(Logits{1}), 0U);
}

/// A mask with these tokens out of `size`.
std::vector<std::uint32_t> mask_of(std::size_t size, const Set& allowed) {
  std::vector<std::uint32_t> mask((size + 31) / 32);
  for (const TokenId token : allowed) mask[token / 32] |= 1U << token % 32;
  return mask;
}

TEST(Sampler, AMaskedTokenHasNoLogit) {
  for (int seed = 0; seed < 300; ++seed) {
    const SamplerOptions options{.temperature = seed % 3 == 0 ? 0.0F : 0.9F,
                                 .top_k = seed % 2 == 0 ? 0U : 7U,
                                 .top_p = seed % 5 == 0 ? 1.0F : 0.8F,
                                 .min_p = seed % 7 == 0 ? 0.1F : 0.0F,
                                 .repeat_penalty = seed % 4 == 0 ? 1.0F : 1.4F,
                                 .repeat_window = 5,
                                 .seed = static_cast<std::uint64_t>(seed)};
    constexpr std::size_t size = 70;
    Rig masked(options, size);
    Rig removed(options, size);
    Set allowed;
    for (TokenId token = 0; token < size; ++token) {
      if ((token * 7 + static_cast<TokenId>(seed)) % 3 == 0) allowed.insert(token);
    }
    for (int step = 0; step < 12; ++step) {
      Logits logits(size);
      for (std::size_t i = 0; i < size; ++i) {
        logits[i] =
            std::sin(static_cast<float>(i * 31 + static_cast<std::size_t>(step * 17 + seed)));
      }
      Logits without = logits;
      for (TokenId token = 0; token < size; ++token) {
        if (!allowed.contains(token)) without[token] = -infinity;
      }
      const TokenId token = masked.sampler.sample(logits, mask_of(size, allowed));
      EXPECT_TRUE(allowed.contains(token));
      EXPECT_EQ(token, removed.sampler.sample(without));
      EXPECT_EQ(masked.sampler.state().draws, removed.sampler.state().draws);
    }
  }
}

TEST(Sampler, AMaskOfOneTokenLeavesNoChoice) {
  for (const float temperature : {0.0F, 1.0F}) {
    Rig rig({.temperature = temperature}, 40);
    Logits logits(40, 1.0F);
    for (const float logit : {1.0F, -infinity, nan, infinity}) {
      logits[35] = logit;
      EXPECT_EQ(rig.sampler.sample(logits, mask_of(40, {35})), 35U);
    }
    EXPECT_EQ(rig.sampler.recent_count(), 4U);
    EXPECT_EQ(rig.sampler.sample(logits, mask_of(40, {})), Sampler::none);
    EXPECT_EQ(rig.sampler.sample(logits, {}), Sampler::none);
    EXPECT_EQ(rig.sampler.recent_count(), 4U);
  }
}

TEST(Sampler, TheLikeliestIsTheGreedyChoice) {
  Rig rig({.repeat_penalty = 2.0F, .repeat_window = 1}, 3);
  const Logits logits = {1.0F, 1.5F, 0.5F};
  EXPECT_TRUE(rig.sampler.is_greedy());
  for (int i = 0; i < 4; ++i) {
    const TokenId token = rig.sampler.likeliest(logits);
    EXPECT_EQ(token, rig.sampler.likeliest(logits));
    EXPECT_EQ(token, rig.sampler.sample(logits));
    EXPECT_EQ(token, i % 2 == 0 ? 1U : 0U);
  }
}

}  // namespace
}  // namespace ringlet
