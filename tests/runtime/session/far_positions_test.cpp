// A session is as exact at its billionth token as at its first: the same tokens after the same
// sinks give the same logits at positions up to 2^63. Attention sees only distances between
// positions. Only the rounding of angles can differ, and that of sums whose segments begin
// elsewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cache/kv_cache.hpp"
#include "decoder/decoder.hpp"
#include "kernels/packed_layout.hpp"
#include "memory/arena.hpp"
#include "ringlet/memory_plan.hpp"
#include "support/fake_cache.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint64_t far_positions[] = {1'000'000'000, (std::uint64_t{1} << 32) - 100,
                                           (std::uint64_t{1} << 63) - 150,
                                           (std::uint64_t{1} << 63) + 5};

/// A decoder and a cache without the session that counts tokens, so that a test can choose their
/// positions.
class Placed {
 public:
  Placed(const Model& model, const Config& config)
      : memory_(static_cast<std::size_t>(plan(model, config)->total()), std::byte{0}),
        plan_(*plan(model, config)),
        logits_(packed::padded_rows(model.architecture().vocab_size)) {
    const Arena arena(memory_.span(), plan_);
    lay_out(model, config, arena.array<LayerCache>(SectionId::cache_layers));
    cache_ = KvCache(arena, model, 0, 1, false);
    decoder_ = Decoder(model, *kernel_sets().front(), Team{}, make_scratch(model, config, 1, arena),
                       config.context);
  }

  const std::vector<float>& forward(std::span<const TokenId> tokens, std::uint64_t position) {
    const RowSpan rows{.cache = &cache_,
                       .position = position,
                       .count = static_cast<std::uint32_t>(tokens.size()),
                       .wanted = 1,
                       .logits = logits_.data()};
    EXPECT_TRUE(decoder_.forward({.tokens = tokens, .sessions = {&rows, 1}, .is_prefill = true}));
    return logits_;
  }

 private:
  AlignedBytes memory_;
  MemoryPlan plan_;
  std::vector<float> logits_;
  KvCache cache_;
  Decoder decoder_;
};

constexpr std::uint32_t sinks = 4;

/// Largest difference of a logit, relative to the largest logit, between a session from position 0
/// on and one with the same tokens and sinks but all other tokens from `far` on.
double worst_difference(const Model& model, KvFormat kv, std::uint64_t far) {
  const Config config{
      .context = 60, .sinks = sinks, .kv = kv, .hot_window = 16, .prefill_chunk = 7};
  const std::vector<TokenId> tokens = random_tokens(300, model.architecture().vocab_size, 8);
  Placed near_by(model, config);
  Placed far_off(model, config);
  near_by.forward(std::span(tokens).first(sinks), 0);
  far_off.forward(std::span(tokens).first(sinks), 0);
  double worst = 0;
  std::size_t piece = 1;
  for (std::size_t at = sinks; at < tokens.size(); at += piece) {
    piece = std::min(tokens.size() - at, 1 + at % 7);
    const auto part = std::span(tokens).subspan(at, piece);
    const std::vector<float>& expected = near_by.forward(part, at);
    const std::vector<float>& actual = far_off.forward(part, far + at);
    // Where the jump lands the window has what lay in the slots before, and the first window is not
    // full in the one and full in the other. Each of the two layers passes that on for a window.
    if (at < sinks + 2 * config.context) continue;
    double largest = 0;
    double difference = 0;
    for (std::size_t v = 0; v < expected.size(); ++v) {
      largest = std::max(largest, std::fabs(double{expected[v]}));
      difference = std::max(difference, std::fabs(double{expected[v]} - double{actual[v]}));
    }
    worst = std::max(worst, std::isfinite(difference) ? difference / largest : HUGE_VAL);
  }
  return worst;
}

class FarPositions : public testing::TestWithParam<std::uint64_t> {
 protected:
  static Recipe recipe() {
    Recipe recipe{.architecture = architecture_with_heads(4, 2, 32)};
    recipe.windows = {0, 25};
    return recipe;
  }
  LoadedModel file{recipe(), all_f32};
};

TEST_P(FarPositions, GiveTheSameLogits) {
  EXPECT_LT(worst_difference(file.model, KvFormat::f32, GetParam()), 1e-4);
}

// Turned to another position a key has other numbers to round, so quantized caches differ by what
// they differ from an unquantized one (the bounds of ring_exactness_test.cpp) and no more.
TEST_P(FarPositions, StayWithinTheStepsOfQuantizedCaches) {
  EXPECT_LT(worst_difference(file.model, KvFormat::int8, GetParam()), 2 * 0.04);
  EXPECT_LT(worst_difference(file.model, KvFormat::int4, GetParam()), 2 * 0.25);
}

// One position more between two tokens is seen at once, so the tolerance above can tell.
TEST_P(FarPositions, AreCountedToTheLastBit) {
  const Config config{.context = 60, .sinks = sinks, .kv = KvFormat::f32, .prefill_chunk = 7};
  const std::vector<TokenId> tokens = random_tokens(20, 48, 8);
  Placed right(file.model, config);
  Placed wrong(file.model, config);
  for (std::uint64_t i = 0; i < 20; ++i) {
    right.forward(std::span(tokens).subspan(i, 1), GetParam() + i);
    wrong.forward(std::span(tokens).subspan(i, 1), GetParam() + i + (i == 19 ? 1 : 0));
  }
  const std::vector<float> a = right.forward(std::span(tokens).first(1), GetParam() + 20);
  const std::vector<float> b = wrong.forward(std::span(tokens).first(1), GetParam() + 21);
  double difference = 0;
  for (std::size_t v = 0; v < a.size(); ++v) {
    difference = std::max(difference, std::fabs(double{a[v]} - double{b[v]}));
  }
  EXPECT_GT(difference, 1e-3);
}

// The slots know no large numbers either: sink positions first, then a jump.
TEST_P(FarPositions, HaveTheirSlots) {
  for (const RingGeometry& ring : geometries()) {
    FakeCache cache(ring);
    for (std::uint64_t p = 0; p < ring.sinks; ++p) cache.write(p, 1);
    std::uint64_t position = GetParam();
    const std::uint64_t full = position + ring.window + 2 * std::uint64_t{ring.max_tokens};
    for (std::uint32_t i = 0; position < full + 2 * std::uint64_t{ring.slots()}; ++i) {
      const std::uint32_t tokens = 1 + i % ring.max_tokens;
      cache.write(position, tokens);
      for (std::uint32_t t = 0; t < tokens && position + t >= full; ++t) {
        ASSERT_TRUE(cache.reads_correctly(position + t)) << name(ring) << " at " << position + t;
      }
      position += tokens;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Everywhere, FarPositions, testing::ValuesIn(far_positions));

}  // namespace
}  // namespace ringlet::test
