// A GGUF file of each family computes the same as the Hugging Face folder that it was made from.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "source/families.hpp"
#include "source/gguf/gguf.hpp"
#include "source/gguf/gguf_config.hpp"
#include "source/gguf/gguf_import.hpp"
#include "source/huggingface/huggingface.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/families.hpp"
#include "support/family_gguf.hpp"
#include "support/gguf_maker.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

std::vector<Family> families_with_gguf() {
  std::vector<Family> found;
  for (const Family& family : all_families()) {
    if (family.gguf != nullptr) found.push_back(family);
  }
  return found;
}

class GgufFamilies : public testing::TestWithParam<Family> {};

TEST_P(GgufFamilies, ComputeWhatTheirFoldersDo) {
  const Family& family = GetParam();
  MadeFamily made = family.make();
  if (family.adapt_to_gguf != nullptr) family.adapt_to_gguf(made.config);
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "hf", made.config.dump());
  const LoadedModel expected(
      write_image(convert::import_huggingface(folder.path() / "hf"), all_f32));
  const auto path = folder.write("model.gguf", gguf_of(made, family.gguf));
  const LoadedModel file(write_image(convert::import_gguf(path).model, all_f32));
  const std::vector<TokenId> tokens = random_tokens(100, family_vocabulary, 3);
  // The second context is longer than the original one of Phi-3.
  for (const std::uint32_t context : {30U, 64U}) {
    const Config config{.context = context, .sinks = 2, .kv = KvFormat::f32, .prefill_chunk = 7};
    LiveSession a(expected.model, config);
    LiveSession b(file.model, config);
    ASSERT_TRUE(a.session.prefill(tokens).ok());
    ASSERT_TRUE(b.session.prefill(tokens).ok());
    float largest = 0;
    float difference = 0;
    for (std::size_t v = 0; v < family_vocabulary; ++v) {
      largest = std::max(largest, std::fabs(a.session.logits()[v]));
      difference = std::max(difference, std::fabs(a.session.logits()[v] - b.session.logits()[v]));
    }
    // Factors of rotary frequencies and gains are stored as floats there.
    EXPECT_LT(difference, 2e-6F * largest);
  }
}

INSTANTIATE_TEST_SUITE_P(All, GgufFamilies, testing::ValuesIn(families_with_gguf()),
                         [](const auto& instance) { return std::string(instance.param.name); });

/// The shape that a file with these keys has.
convert::ModelShape shape_of(GgufMaker file) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.gguf", file.bytes());
  convert::TensorStore store(path);
  const convert::GgufMetadata metadata = convert::read_gguf(path, store);
  return convert::read_gguf_config(metadata, store);
}

TEST(GgufFamilyList, HasEveryFamilyOfTheImporter) {
  std::set<std::string> tested;
  for (const Family& family : families_with_gguf()) tested.insert(family.gguf);
  for (const std::string& name : convert::gguf_family_names()) {
    EXPECT_TRUE(tested.contains(name)) << name << " has no row in tests/support/families_*.cpp";
  }
}

// What ringlet-convert --families says of a family's GGUF files.
TEST(GgufFamilyList, SaysWhatIsCompared) {
  std::set<std::pair<std::string, std::string>> tested;
  for (const Family& family : families_with_gguf()) {
    tested.emplace(family.make().config.at("model_type"), family.gguf);
  }
  for (const convert::KnownFamily& family : convert::known_families()) {
    bool is_compared = false;
    for (const std::string& architecture : convert::family_names(family.architectures)) {
      for (const std::string& model_type : convert::family_names(family.model_types)) {
        is_compared = is_compared || tested.contains({model_type, architecture});
      }
    }
    const bool says = std::string_view(family.proofs).find('G') != std::string_view::npos;
    EXPECT_EQ(says, is_compared) << family.model_types;
  }
}

GgufMaker gemma_file(const std::string& architecture, std::uint32_t layers) {
  GgufMaker file;
  file.text("general.architecture", architecture);
  const std::pair<const char*, std::uint32_t> numbers[] = {
      {"context_length", 16},        {"embedding_length", 96},    {"feed_forward_length", 32},
      {"block_count", layers},       {"attention.head_count", 4}, {"attention.key_length", 16},
      {"attention.value_length", 16}};
  for (const auto& [key, value] : numbers) file.number(architecture + "." + key, value);
  file.real(architecture + ".attention.layer_norm_rms_epsilon", 1e-5F);
  file.tensor("token_embd.weight", {96, 2}, 0, std::string(96 * 2 * 4, '\0'));
  file.tensor("blk.0.ffn_norm.weight", {96}, 0, std::string(96 * 4, '\0'));
  return file;
}

/// Gemma 2 27B: query_pre_attn_scalar 144 = 4,608 / 32, heads of 128; Gemma 3 27B: 168 = 5,376
/// / 32.
TEST(GgufGemma, TheLargestHaveAScaleOfTheirOwn) {
  const float of_heads = 1 / std::sqrt(16.0F);
  const float of_largest = 1 / std::sqrt(24.0F);
  EXPECT_EQ(shape_of(gemma_file("gemma2", 42)).architecture.attention_scale, of_heads);
  EXPECT_EQ(shape_of(gemma_file("gemma2", 46)).architecture.attention_scale, of_largest);
  EXPECT_EQ(shape_of(gemma_file("gemma3", 46)).architecture.attention_scale, of_heads);
  EXPECT_EQ(shape_of(gemma_file("gemma3", 62)).architecture.attention_scale, of_largest);
}

// Defaults of absent keys are those of llama.cpp's loaders.
TEST(GgufGemma, AbsentKeysHaveTheLoadersDefaults) {
  const convert::ModelShape gemma2 = shape_of(gemma_file("gemma2", 2));
  EXPECT_EQ(gemma2.layers[0].window, 4096U);
  EXPECT_EQ(gemma2.layers[1].window, 0U);
  EXPECT_EQ(gemma2.architecture.attention_softcap, 50.0F);
  EXPECT_EQ(gemma2.architecture.logit_softcap, 30.0F);
  const convert::ModelShape gemma3 = shape_of(gemma_file("gemma3", 7));
  EXPECT_EQ(gemma3.layers[0].window, 0U);
  EXPECT_EQ(gemma3.rotary.theta, 10000.0);
  EXPECT_EQ(gemma3.architecture.logit_softcap, 0.0F);
}

TEST(GgufGemma, ThePatternOfWindowsIsANumberOrAList) {
  GgufMaker file = gemma_file("gemma3", 3);
  file.number("gemma3.attention.sliding_window", 8);
  GgufMaker listed = file;
  const std::string flags("\x00\x01\x01", 3);
  listed.entry("gemma3.attention.sliding_window_pattern", 9,
               GgufMaker::raw(std::uint32_t{7}) + GgufMaker::raw(std::uint64_t{3}) + flags);
  const convert::ModelShape shape = shape_of(listed);
  EXPECT_EQ(shape.layers[0].window, 0U);
  EXPECT_EQ(shape.layers[0].rotary, Rotary::global);
  EXPECT_EQ(shape.layers[1].window, 8U);
  EXPECT_EQ(shape.layers[2].rotary, Rotary::local);
  GgufMaker numbered = file;
  numbered.number("gemma3.attention.sliding_window_pattern", 2);
  EXPECT_EQ(shape_of(numbered).layers[1].window, 0U);
  EXPECT_EQ(shape_of(numbered).layers[2].window, 8U);
}

std::string error_of_shape(const GgufMaker& file) {
  return error_of([&] { shape_of(file); });
}

/// A llama file, with what `add` adds.
template <typename Add>
GgufMaker llama_with(Add add) {
  GgufMaker file = gemma_file("llama", 1);
  add(file);
  return file;
}

std::vector<double> factors_with(const char* key, float value, const char* key2 = nullptr,
                                 float value2 = 0) {
  const convert::ModelShape shape = shape_of(llama_with([&](GgufMaker& file) {
    file.real(std::string("llama.rope.") + key, value);
    if (key2 != nullptr) file.real(std::string("llama.rope.") + key2, value2);
  }));
  return shape.rotary.factors;
}

TEST(GgufRotary, AFactorWithoutATypeIsLinear) {
  const std::vector<double> of_4(8, 4.0);
  EXPECT_EQ(factors_with("scaling.factor", 4), of_4);
  EXPECT_EQ(factors_with("scale_linear", 4), of_4);
  EXPECT_EQ(factors_with("scaling.factor", 4, "scale_linear", 2), of_4);
  EXPECT_TRUE(factors_with("scaling.factor", 0).empty());
  EXPECT_TRUE(factors_with("scaling.factor", 1).empty());
  EXPECT_TRUE(shape_of(llama_with([](GgufMaker& file) {
                file.text("llama.rope.scaling.type", "none");
                file.real("llama.rope.scaling.factor", 4);
              })).rotary.factors.empty());
}

// llama.cpp divides by both.
TEST(GgufRotary, FactorsOfPairsComeOnTopOfALinearOne) {
  const convert::ModelShape shape = shape_of(llama_with([](GgufMaker& file) {
    file.real("llama.rope.scaling.factor", 2);
    std::string values;
    for (int i = 1; i <= 8; ++i) values += GgufMaker::raw(static_cast<float>(i));
    file.tensor("rope_freqs.weight", {8}, 0, values);
  }));
  EXPECT_EQ(shape.rotary.factors, (std::vector<double>{2, 4, 6, 8, 10, 12, 14, 16}));
}

TEST(GgufSettings, WhatCouldChangeResultsIsRefusedByName) {
  const auto error_with = [](auto add) { return error_of_shape(llama_with(add)); };
  const std::pair<const char*, float> numbers[] = {
      {"attention.scale", 0.1F},  {"embedding_scale", 12},         {"logit_scale", 8},
      {"residual_scale", 0.2F},   {"attn_logit_softcapping", 50},  {"final_logit_softcapping", 30},
      {"attention.clamp_kqv", 8}, {"rope.scaling.attn_factor", 2}, {"attention.sigmoid_gate", 1}};
  for (const auto& [key, value] : numbers) {
    const std::string name = std::string("llama.") + key;
    const std::string error =
        error_with([&, number = value](GgufMaker& file) { file.real(name, number); });
    EXPECT_NE(error.find(name + " = "), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  EXPECT_NE(error_with([](GgufMaker& file) {
              file.truth("llama.attention.causal", false);
            }).find("llama.attention.causal = false is not supported; only true is"),
            std::string::npos);
  EXPECT_NE(error_with([](GgufMaker& file) {
              file.number("llama.expert_used_count", 2);
            }).find("llama.expert_used_count = 2"),
            std::string::npos);
  EXPECT_NE(error_with([](GgufMaker& file) {
              file.number("llama.attention.key_length_swa", 8);
            }).find("llama.attention.key_length_swa = 8 differs from 16"),
            std::string::npos);
}

// Which norm an architecture has is not for its keys to say.
TEST(GgufSettings, TheEpsilonIsThatOfTheArchitecturesNorm) {
  GgufMaker file;
  file.text("general.architecture", "llama");
  for (const char* key : {"context_length", "embedding_length", "feed_forward_length",
                          "block_count", "attention.head_count"}) {
    file.number(std::string("llama.") + key, 4);
  }
  file.real("llama.attention.layer_norm_epsilon", 1e-5F);
  file.tensor("token_embd.weight", {4, 2}, 0, std::string(32, '\0'));
  EXPECT_NE(error_of_shape(file).find("llama.attention.layer_norm_rms_epsilon is missing"),
            std::string::npos);
}

TEST(GgufSettings, ABadFactorIsBlamedOnItsOwnKey) {
  EXPECT_NE(error_of_shape(llama_with([](GgufMaker& file) {
              file.real("llama.rope.scale_linear", -1);
            })).find("llama.rope.scale_linear = -1"),
            std::string::npos);
}

TEST(GgufSettings, WhatChangesNothingIsSkipped) {
  EXPECT_EQ(error_of_shape(llama_with([](GgufMaker& file) {
              file.truth("llama.attention.causal", true);
              file.real("llama.attention.scale", 0);
              file.real("llama.logit_scale", 0);
              file.real("llama.rope.scaling.attn_factor", 1);
              file.number("llama.expert_used_count", 0);
              file.number("llama.vocab_size", 2);
              file.number("llama.pooling_type", 0);
              file.text("llama.tensor_data_layout", "Meta AI original pth");
              file.truth("llama.rope.scaling.finetuned", false);
              file.number("llama.attention.key_length_swa", 16);
              file.real("gemma.attention.scale", 7);  // of another architecture
            })),
            "no error");
}

// Newer converters write sizes as lists with an entry for each layer.
TEST(GgufSettings, SizesCanBeListsOfEqualNumbers) {
  const auto list = [](std::initializer_list<std::uint32_t> values) {
    std::string bytes =
        GgufMaker::raw(std::uint32_t{4}) + GgufMaker::raw(std::uint64_t{values.size()});
    for (const std::uint32_t value : values) bytes += GgufMaker::raw(value);
    return bytes;
  };
  const auto file_with = [&](std::initializer_list<std::uint32_t> values) {
    return llama_with(
        [&](GgufMaker& file) { file.entry("llama.attention.head_count_kv", 9, list(values)); });
  };
  EXPECT_EQ(shape_of(file_with({2, 2})).architecture.kv_heads, 2U);
  EXPECT_NE(error_of_shape(file_with({2, 4})).find("head_count_kv must be one size for all layers"),
            std::string::npos);
}

TEST(GgufStableLm, VariantsAreRefusedByName) {
  GgufMaker parallel;
  parallel.text("general.architecture", "stablelm");
  for (const char* key : {"context_length", "embedding_length", "feed_forward_length",
                          "block_count", "attention.head_count"}) {
    parallel.number(std::string("stablelm.") + key, 4);
  }
  parallel.real("stablelm.attention.layer_norm_epsilon", 1e-5F);
  parallel.tensor("token_embd.weight", {4, 2}, 0, std::string(32, '\0'));
  EXPECT_NE(error_of_shape(parallel).find("use_parallel_residual"), std::string::npos);
  parallel.tensor("blk.0.ffn_norm.weight", {4}, 0, std::string(16, '\0'));
  EXPECT_EQ(error_of_shape(parallel), "no error");
  parallel.tensor("blk.0.attn_q_norm.weight", {1, 4}, 0, std::string(16, '\0'));
  EXPECT_NE(error_of_shape(parallel).find("qk_layernorm"), std::string::npos);
}

}  // namespace
}  // namespace ringlet::test
