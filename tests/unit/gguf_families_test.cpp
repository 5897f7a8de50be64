// A GGUF file of each family computes what the Hugging Face folder does from which it is made.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "convert_checkpoint.hpp"
#include "gguf.hpp"
#include "gguf_config.hpp"
#include "gguf_import.hpp"
#include "huggingface.hpp"
#include "support/families.hpp"
#include "support/family_gguf.hpp"
#include "support/gguf_maker.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct Case {
  const char* name;
  const char* architecture;
  std::function<MadeFamily()> make;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// Settings that a GGUF file does not have are brought to what it means without them.
MadeFamily with(MadeFamily made, const nlohmann::json& settings) {
  made.config.update(settings);
  return made;
}

class GgufFamilies : public testing::TestWithParam<Case> {};

TEST_P(GgufFamilies, ComputeWhatTheirFoldersDo) {
  const Case& c = GetParam();
  const MadeFamily made = c.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path() / "hf", made.config.dump());
  const LoadedModel expected(
      write_image(convert::import_huggingface(folder.path() / "hf"), all_f32));
  const auto path = folder.write("model.gguf", gguf_of(made, c.architecture));
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

INSTANTIATE_TEST_SUITE_P(
    All, GgufFamilies,
    testing::Values(
        Case{"llama3", "llama", make_llama}, Case{"mistral", "llama", make_mistral},
        Case{"qwen2", "qwen2",
             [] {
               MadeFamily made = with(make_qwen2(), {{"use_sliding_window", false}});
               made.config.erase("sliding_window");
               return made;
             }},
        Case{"qwen3", "qwen3", make_qwen3}, Case{"smollm3", "smollm3", make_smollm3},
        Case{"gemma", "gemma", make_gemma},
        Case{"gemma2", "gemma2",
             [] {
               return with(make_gemma2(), {{"query_pre_attn_scalar", FamilySizes::head_dim}});
             }},
        Case{"gemma3", "gemma3",
             [] {
               return with(make_gemma3(), {{"query_pre_attn_scalar", FamilySizes::head_dim}});
             }},
        Case{"phi3", "phi3", [] { return make_phi3(false); }},
        Case{"gpt2", "gpt2", [] { return make_gpt2(false); }},
        Case{"stablelm", "stablelm", make_stablelm}),
    [](const auto& instance) { return std::string(instance.param.name); });

/// The shape that a file with these keys has.
convert::ModelShape shape_of(GgufMaker file) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.gguf", file.bytes());
  convert::TensorStore store(path);
  const convert::GgufMetadata metadata = convert::read_gguf(path, store);
  return convert::read_gguf_config(metadata, store);
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

std::string error_of_shape(const GgufMaker& file) {
  return error_of([&] { shape_of(file); });
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
