// Families that are refused by name: as folders and as GGUF files, with the reason that is true of
// them.
#include "source/refused_families.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "source/families.hpp"
#include "source/gguf/gguf_import.hpp"
#include "source/huggingface/hf_config.hpp"
#include "source/huggingface/huggingface.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/gguf_maker.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::TemporaryFolder;

constexpr const char* end = "; ringlet-convert --families lists what is";

std::string config_error(const nlohmann::json& config) {
  const JsonDocument document(config.dump(), "config.json");
  return error_of([&] { (void)read_hf_config(document.root()); });
}

std::string folder_error(const nlohmann::json& config) {
  const TemporaryFolder folder;
  (void)folder.write("config.json", config.dump());
  return error_of([&] { (void)import_huggingface(folder.path()); });
}

std::string gguf_error(const std::string& architecture) {
  test::GgufMaker file;
  file.text("general.architecture", architecture);
  file.tensor("token_embd.weight", {4, 2}, 0, std::string(32, '\0'));
  const TemporaryFolder folder;
  const auto path = folder.write("model.gguf", file.bytes());
  return error_of([&] { (void)import_gguf(path); });
}

/// Names that config.json and GGUF files have, and what the reason speaks of.
struct Case {
  const char* reason;
  const char* model_types;
  const char* architectures;
};

constexpr Case cases[] = {
    {"AltUp", "gemma3n, gemma3n_text", "gemma3n"},
    {"a recurrence", "rwkv, rwkv5, rwkv6, rwkv7, rwkv6qwen2", "rwkv6, rwkv6qwen2, rwkv7, arwkv7"},
    {"latent vector",
     "deepseek_v2, deepseek_v3, deepseek_v32, kimi_k2, longcat_flash, minicpm3, plm",
     "deepseek2, minicpm3, plm"},
    {"have sinks", "gpt_oss", "gpt-oss"},
    {"mixtures of experts",
     "afmoe, arctic, bailing_moe, bailing_moe_v2, dbrx, deepseek, dots1, ernie4_5_moe, flex_olmo, "
     "glm4_moe, glm4v_moe, gpt_oss, granitemoe, granitemoeshared, grok-1, hunyuan_v1_moe, "
     "lfm2_moe, "
     "llama4, llama4_text, minimax, minimax_m2, mixtral, olmoe, phimoe, qwen2_moe, qwen3_5_moe, "
     "qwen3_5_moe_text, qwen3_moe, qwen3_next, qwen3_vl_moe, qwen3_vl_moe_text",
     "afmoe, arctic, bailingmoe, bailingmoe2, dbrx, deepseek, dots1, ernie4_5-moe, glm4moe, "
     "gpt-oss, granitemoe, grok, hunyuan-moe, lfm2moe, llama4, minimax-m2, olmoe, phimoe, "
     "qwen2moe, "
     "qwen35moe, qwen3moe, qwen3next, qwen3vlmoe"},
    {"state-space models",
     "bamba, falcon_h1, falcon_mamba, jamba, mamba, mamba2, nemotron_h, plamo2, zamba, zamba2",
     "falcon-h1, granitehybrid, jamba, mamba, mamba2, nemotron_h, nemotron_h_moe, plamo2"},
    {"it is an encoder, which",
     "albert, bert, camembert, deberta, deberta-v2, distilbert, electra, eurobert, modernbert, "
     "mpnet, nomic_bert, roberta, xlm-roberta",
     "bert, eurobert, gemma-embedding, jina-bert-v2, jina-bert-v3, modern-bert, neo-bert, "
     "nomic-bert, nomic-bert-moe, t5encoder"},
    {"an encoder with a decoder",
     "bart, m2m_100, marian, mbart, mt5, pegasus, t5, t5gemma, umt5, whisper", "t5"},
    {"pictures or sound",
     "clip, clip_text_model, clip_vision_model, hubert, siglip, siglip_vision_model, vit, wav2vec2",
     "wavtokenizer-dec"},
    {"xIELU", "apertus", "apertus"}};

void expect_refusal(const std::string& error, const std::string& begin, const Case& c) {
  EXPECT_NE(error.find(begin + " is not supported: "), std::string::npos) << error;
  EXPECT_NE(error.find(c.reason), std::string::npos) << error;
  EXPECT_TRUE(error.ends_with(end)) << error;
}

TEST(RefusedFamilies, HaveTheirReasonInFolders) {
  for (const Case& c : cases) {
    for (const std::string& name : family_names(c.model_types)) {
      expect_refusal(config_error({{"model_type", name}}), "the family '" + name + "'", c);
    }
  }
}

TEST(RefusedFamilies, HaveTheirReasonInGgufFiles) {
  for (const Case& c : cases) {
    for (const std::string& name : family_names(c.architectures)) {
      expect_refusal(gguf_error(name), "general.architecture = '" + name + "'", c);
    }
  }
}

// Configs of code that Transformers does not have name their family in other ways.
TEST(RefusedFamilies, AreRecognizedByTheirClass) {
  const std::pair<const char*, const char*> classes[] = {
      {"MixtralForCausalLM", "experts"},
      {"DeepseekV3ForCausalLM", "latent vector"},
      {"MiniCPM3ForCausalLM", "latent"},
      {"GptOssForCausalLM", "sinks"},
      {"FalconH1ForCausalLM", "state-space"},
      {"BertModel", "it is an encoder, which"},
      {"T5EncoderModel", "encoder, which"},
      {"WhisperForConditionalGeneration", "with a decoder"},
      {"RwkvForCausalLM", "a recurrence"},
      {"Gemma3nForConditionalGeneration", "AltUp"},
      {"Qwen3_5MoeForCausalLM", "of experts"},
      {"ApertusForCausalLM", "xIELU"}};
  for (const auto& [name, reason] : classes) {
    const auto architectures = nlohmann::json::array({name});
    for (const nlohmann::json& config :
         {nlohmann::json{{"architectures", architectures}},
          nlohmann::json{{"architectures", architectures}, {"model_type", "its_own"}}}) {
      const std::string error = config_error(config);
      EXPECT_NE(error.find(reason), std::string::npos) << error;
      EXPECT_NE(error.find(std::string("the family '") + name), std::string::npos) << error;
    }
  }
}

TEST(RefusedFamilies, AreRecognizedAroundATextModel) {
  const nlohmann::json text = {{"hidden_size", 8}};
  for (const char* name : {"clip", "gemma3n", "llama4", "qwen3_5_moe"}) {
    const std::string error = folder_error({{"model_type", name}, {"text_config", text}});
    EXPECT_NE(error.find(std::string("the family '") + name + "' is not supported: "),
              std::string::npos)
        << error;
  }
  EXPECT_NE(
      folder_error({{"model_type", "kimi_vl"}, {"text_config", {{"model_type", "deepseek_v3"}}}})
          .find("latent vector"),
      std::string::npos);
}

// Their weights are quantized in ways that cannot be read either, which is not the point.
TEST(RefusedFamilies, ComeBeforeTheirQuantization) {
  const std::string error = config_error(
      {{"model_type", "gpt_oss"}, {"quantization_config", {{"quant_method", "mxfp4"}}}});
  EXPECT_NE(error.find("mixtures of experts"), std::string::npos) << error;
}

TEST(RefusedFamilies, AreNoneThatAreRead) {
  for (const KnownFamily& family : known_families()) {
    for (const char* list : {family.model_types, family.architectures}) {
      for (const std::string& name : family_names(list)) {
        EXPECT_EQ(reason_to_refuse(name), "") << name;
      }
    }
  }
}

TEST(UnknownFamilies, ArePointedToTheList) {
  for (const char* name : {"", "qwen9", "bertha", "For", "Model", "mistral, mistral3"}) {
    EXPECT_EQ(config_error({{"model_type", name}}),
              "config.json: the family '" + std::string(name) + "' is not supported" + end);
    const std::string error = gguf_error(name);
    EXPECT_TRUE(error.ends_with(": general.architecture = '" + std::string(name) +
                                "' is not supported" + end))
        << error;
  }
  EXPECT_EQ(config_error({{"hidden_size", 8}}), "config.json: model_type is missing");
}

}  // namespace
}  // namespace ringlet::convert
