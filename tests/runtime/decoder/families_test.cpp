// A small model of random weights of every family that can be converted: written as a Hugging Face
// folder, imported, converted without quantization and decoded, its logits are those of the float64
// reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "source/families.hpp"
#include "source/huggingface/hf_config.hpp"
#include "source/huggingface/huggingface.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/families.hpp"
#include "support/family_models.hpp"
#include "support/reference_weights.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t sinks = 3, window = 26;

class Families : public testing::TestWithParam<Family> {};

TEST_P(Families, EqualTheReference) {
  const Family& family = GetParam();
  const MadeFamily made = family.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / family.name, made.config.dump());
  const LoadedModel file(
      write_image(convert::import_huggingface(folder.path() / family.name), all_f32));
  const std::uint32_t positions = family.is_long ? 2 * window : window;
  reference::Transformer oracle(made.weights, sinks, positions);
  LiveSession live(
      file.model,
      {.context = sinks + positions, .sinks = sinks, .kv = KvFormat::f32, .prefill_chunk = 6});
  const std::size_t learned = made.weights.positions.rows;
  const std::vector<TokenId> tokens =
      random_tokens(learned != 0 ? learned : 150, family_vocabulary, 3);
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
    ASSERT_LT(difference, 5e-6 * largest) << "at " << at;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Families,
                         testing::ValuesIn(all_families().begin(), all_families().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

// Readers of version 1 would compute these without what is new to them.
TEST(FamilyFiles, HaveVersion2OnlyIfTheyNeedIt) {
  const std::set<std::string> newer = {"granite",
                                       "minicpm",
                                       "olmo2",
                                       "olmo3",
                                       "hunyuan",
                                       "bitnet",
                                       "bitnet_inverse",
                                       "phi",
                                       "gpt_neox",
                                       "lfm2",
                                       "lfm2_biased",
                                       "ministral3",
                                       "ministral3_fp8",
                                       "ministral3_fp8_blocks",
                                       "ministral3_windows",
                                       "qwen3_5",
                                       "qwen3_5_mlx",
                                       "qwen3_5_attention",
                                       "gemma4",
                                       "gemma4_large"};
  for (const Family& family : all_families()) {
    const AlignedBytes image = write_family(family, all_int8);
    EXPECT_EQ(preamble_of(image.span()).major, newer.contains(family.name) ? 2 : 1) << family.name;
  }
}

TEST(FamilyFiles, KeepTernaryWeightsExactlyInInt4) {
  for (const Family& family : all_families()) {
    if (!std::string(family.name).starts_with("bitnet")) continue;
    const LoadedModel file(write_family(family, all_int4));
    const MadeFamily made = family.make();
    const schema::Layer& layer = *file.model.tables()->layers()->Get(1);
    EXPECT_EQ(decode_matrix(file.model, *layer.w_down()).values,
              made.weights.layers[1].w_down.values);
    EXPECT_EQ(decode_matrix(file.model, *layer.wq()).values, made.weights.layers[1].wq.values);
  }
}

TEST(FamilyList, HasEveryFamilyOfTheImporter) {
  std::set<std::string> tested;
  for (const Family& family : all_families()) {
    tested.insert(family.make().config.value("model_type", "nanoGPT"));
  }
  for (const std::string& name : convert::hf_family_names()) {
    EXPECT_TRUE(tested.contains(name)) << name << " has no row in tests/support/families_*.cpp";
  }
  EXPECT_TRUE(tested.contains("nanoGPT"));
  for (const convert::KnownFamily& family : convert::known_families()) {
    const auto names = convert::family_names(family.model_types);
    const bool is_tested =
        std::ranges::any_of(names, [&](const std::string& name) { return tested.contains(name); });
    EXPECT_EQ(std::string_view(family.proofs).find('R') != std::string_view::npos, is_tested)
        << family.model_types;
  }
}

// Each layer's ring is as large as its own window asks for, whatever the context is.
TEST(FamilyLimits, WindowsHaveRingsOfTheirOwnSize) {
  const MadeFamily made = make_gemma3();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "gemma3", made.config.dump());
  const LoadedModel file(
      write_image(convert::import_huggingface(folder.path() / "gemma3"), all_f32));
  const auto ring_bytes = [&](std::uint32_t context) {
    const Config config{.context = context, .sinks = 0, .kv = KvFormat::f32, .prefill_chunk = 1};
    return plan(file.model, config)->find(SectionId::hot_keys)->bytes;
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
