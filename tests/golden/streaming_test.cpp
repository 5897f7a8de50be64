// Stories end to end through a window of 256 with 4 sink tokens, on trained weights: the ring
// predicts as well as a reference in double precision that recomputes the same window for every
// token. RINGLET_STREAM_TOKENS makes the stream longer than the few windows of the ordinary run;
// the lines that begin with "stream |" are a table of it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "golden/checkpoints.hpp"
#include "reference/transformer.hpp"
#include "support/kernel_sets.hpp"
#include "support/reference_weights.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t sinks = 4, window = 252;
constexpr std::size_t quarters = 4;

std::size_t stream_tokens() {
  const char* wanted = std::getenv("RINGLET_STREAM_TOKENS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 640;
}

/// Mean surprise, of the whole and of each quarter.
struct Surprise {
  double sums[quarters] = {};
  std::size_t counts[quarters] = {};

  void add(std::size_t at, std::size_t tokens, double nll) {
    const std::size_t quarter = at * quarters / tokens;
    sums[quarter] += nll;
    ++counts[quarter];
  }
  [[nodiscard]] double perplexity() const {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t q = 0; q < quarters; ++q) {
      sum += sums[q];
      count += counts[q];
    }
    return std::exp(sum / static_cast<double>(count));
  }
  void print(const char* name, double reference) const {
    std::printf("stream | %s |", name);
    for (std::size_t q = 0; q < quarters; ++q) {
      std::printf(" %.4f |", std::exp(sums[q] / static_cast<double>(counts[q])));
    }
    std::printf(" %.4f | %+.3f %% |\n", perplexity(), 100 * (perplexity() / reference - 1));
  }
};

Surprise of_reference(const Model& model, std::span<const TokenId> tokens) {
  reference::Transformer oracle(weights_of(model), sinks, window);
  Surprise surprise;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const std::vector<double> scores = oracle.forward(tokens[i]);
    const std::vector<float> logits(scores.begin(), scores.end());
    surprise.add(i, tokens.size(), negative_log_likelihood(logits, tokens[i + 1]));
  }
  return surprise;
}

Surprise of_session(const Model& model, KvFormats kv, std::span<const TokenId> tokens) {
  const Config config{.context = sinks + window, .sinks = sinks, .kv = kv};
  LiveSession live(model, config, {}, *kernel_sets().front());
  Surprise surprise;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    EXPECT_TRUE(live.session.step(tokens[i]).ok());
    surprise.add(i, tokens.size(), negative_log_likelihood(live.session.logits(), tokens[i + 1]));
  }
  return surprise;
}

TEST(Streaming, PredictsAsWellAsTheRecomputedWindow) {
  RINGLET_NEEDS("models/llama2c/stories3M-q80.bin");
  RINGLET_NEEDS("text/tinystories.txt");
  RINGLET_NEEDS_SPEED();
  const LoadedModel file = load_checkpoint("stories3M-q80.bin", "tok4096.bin", all_f32);
  const std::vector<TokenId> tokens = story_stream(file.model, stream_tokens());
  const Surprise expected = of_reference(file.model, tokens);
  const double perplexity = expected.perplexity();
  expected.print("float64, recomputed", perplexity);
  struct Case {
    const char* name;
    KvFormats kv;
    double tolerance;  // a few hundred tokens leave an INT4 cache some tenths of a per cent of luck
  };
  for (const Case& c : {Case{"f32", KvFormat::f32, 0.0001}, Case{"int8", KvFormat::int8, 0.005},
                        Case{"k8v4", {KvFormat::int8, KvFormat::int4}, 0.005},
                        Case{"int4", KvFormat::int4, tokens.size() < 4096 ? 0.01 : 0.005}}) {
    const Surprise actual = of_session(file.model, c.kv, tokens);
    actual.print(c.name, perplexity);
    EXPECT_NEAR(actual.perplexity() / perplexity, 1, c.tolerance) << c.name;
  }
}

}  // namespace
}  // namespace ringlet::test
