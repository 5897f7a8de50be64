// A small model of random weights of every family that can be converted: written as a Hugging Face
// folder, imported, converted without quantization and decoded, its logits are those of the float64
// reference.
#include <gtest/gtest.h>

#include <cmath>

#include "convert_checkpoint.hpp"
#include "huggingface.hpp"
#include "support/families.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct Case {
  const char* name;
  MadeFamily (*make)();
  std::uint32_t sinks, window;
  std::size_t tokens;
};

class Families : public testing::TestWithParam<Case> {};

TEST_P(Families, EqualTheReference) {
  const Case& c = GetParam();
  const MadeFamily made = c.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / c.name, made.config.dump());
  const LoadedModel file(write_image(convert::import_huggingface(folder.path() / c.name), all_f32));
  reference::Transformer oracle(made.weights, c.sinks, c.window);
  LiveSession live(
      file.model,
      {.context = c.sinks + c.window, .sinks = c.sinks, .kv = KvFormat::f32, .prefill_chunk = 6});
  const std::vector<TokenId> tokens = random_tokens(c.tokens, family_vocabulary, 3);
  std::size_t piece = 1;
  for (std::size_t at = 0; at < tokens.size(); at += piece) {
    piece = std::min(tokens.size() - at, 1 + at % 9);
    ASSERT_TRUE(live.session.prefill(std::span(tokens).subspan(at, piece)).ok());
    std::vector<double> expected;
    for (std::size_t i = 0; i < piece; ++i) expected = oracle.forward(tokens[at + i]);
    double largest = 0;
    double difference = 0;
    for (std::size_t v = 0; v < family_vocabulary; ++v) {
      largest = std::max(largest, std::fabs(expected[v]));
      difference = std::max(difference,
                            std::fabs(static_cast<double>(live.session.logits()[v]) - expected[v]));
    }
    ASSERT_LT(difference, 2e-5 * largest) << "at " << at;
  }
}

constexpr std::uint32_t sinks = 3, window = 26;

INSTANTIATE_TEST_SUITE_P(
    All, Families,
    testing::Values(Case{"llama3", make_llama, sinks, window, 150},
                    Case{"mistral", make_mistral, sinks, window, 150},
                    Case{"qwen2", make_qwen2, sinks, window, 150},
                    Case{"qwen3", make_qwen3, sinks, window, 150},
                    Case{"smollm3", make_smollm3, sinks, window, 150},
                    Case{"gemma", make_gemma, sinks, window, 150},
                    Case{"gemma2", make_gemma2, sinks, window, 150},
                    Case{"gemma3", make_gemma3, sinks, window, 150},
                    Case{"phi3_short", [] { return make_phi3(false); }, sinks, window, 150},
                    Case{"phi3_long", [] { return make_phi3(true); }, sinks, 2 * window, 150},
                    Case{"gpt2", [] { return make_gpt2(false); }, sinks, window, 128},
                    Case{"nanogpt", [] { return make_gpt2(true); }, sinks, window, 128},
                    Case{"stablelm", make_stablelm, sinks, window, 150}),
    [](const auto& instance) { return std::string(instance.param.name); });

// Each layer's ring is as large as its own window asks for, whatever the context is.
TEST(FamilyLimits, WindowsHaveRingsOfTheirOwnSize) {
  const MadeFamily made = make_gemma3();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "gemma3", made.config.dump());
  const LoadedModel file(
      write_image(convert::import_huggingface(folder.path() / "gemma3"), all_f32));
  const auto ring_bytes = [&](std::uint32_t context) {
    const Config config{.context = context, .sinks = 0, .kv = KvFormat::f32, .prefill_chunk = 1};
    return plan(file.model, config)->find("ring keys")->bytes;
  };
  // Three layers with a window of 8 take one page of 32 positions each.
  constexpr std::uint64_t page =
      std::uint64_t{32} * FamilySizes::kv_heads * FamilySizes::head_dim * sizeof(float);
  EXPECT_EQ(ring_bytes(32), (3 + 1) * page);
  EXPECT_EQ(ring_bytes(128), (3 + 4) * page);
}

TEST(FamilyLimits, LearnedPositionsEnd) {
  const MadeFamily made = make_gpt2(false);
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "gpt2", made.config.dump());
  const LoadedModel file(write_image(convert::import_huggingface(folder.path() / "gpt2"), all_f32));
  LiveSession live(file.model, {.context = 32, .sinks = 0, .kv = KvFormat::f32});
  const std::vector<TokenId> tokens = random_tokens(129, family_vocabulary, 3);
  EXPECT_EQ(live.session.prefill(tokens).code(), ErrorCode::out_of_range);
  EXPECT_EQ(live.session.position(), 0U);
  EXPECT_TRUE(live.session.prefill(std::span(tokens).first(128)).ok());
  EXPECT_EQ(live.session.step(tokens[0]).code(), ErrorCode::out_of_range);
  EXPECT_EQ(live.session.position(), 128U);
}

}  // namespace
}  // namespace ringlet::test
