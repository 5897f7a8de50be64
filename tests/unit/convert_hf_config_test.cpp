// config.json: what is malformed or not supported is refused with the field at fault.
#include "hf_config.hpp"

#include <gtest/gtest.h>

#include "convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

constexpr const char* sizes =
    R"("vocab_size":40,"hidden_size":48,"intermediate_size":72,"num_hidden_layers":4,)"
    R"("num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,"max_position_embeddings":128)";

ModelShape shape_of(const std::string& text) {
  const JsonDocument document(text, "config.json");
  return read_hf_config(document.root());
}

/// The error of a config with these fields over the usual ones.
std::string error_with(const std::string& type, const std::string& fields) {
  nlohmann::json document = nlohmann::json::parse(std::string("{") + sizes + "}");
  document.update(nlohmann::json::parse("{" + fields + "}"));
  document["model_type"] = type;
  const std::string error = error_of([&] { (void)shape_of(document.dump()); });
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  return error;
}

struct Case {
  const char* type;
  const char* fields;
  const char* expected;
};

TEST(HfConfig, NamesTheFieldAtFault) {
  const Case cases[] = {
      {"llama", R"("hidden_size":0)", "hidden_size = 0 must be at least 1"},
      {"llama", R"("hidden_size":-4)", "hidden_size = -4 must be a whole number"},
      {"llama", R"("hidden_size":1.5)", "hidden_size = 1.5 must be a whole number"},
      {"llama", R"("hidden_size":"48")", "hidden_size = \"48\" must be a whole number"},
      {"llama", R"("hidden_size":null)", "hidden_size is missing"},
      {"llama", R"("max_position_embeddings":5000000000)", "must be below 2^31"},
      {"llama", R"("num_hidden_layers":100000)", "there are 100000 layers"},
      {"llama", R"("rms_norm_eps":"1e-6")", "rms_norm_eps = \"1e-6\" must be a number"},
      {"llama", R"("rms_norm_eps":1e39)", "rms_norm_eps = 1e+39 must be a number that a float"},
      {"llama", R"("hidden_act":42)", "hidden_act = 42 must be a text"},
      {"llama", R"("hidden_act":"relu2")", "the activation 'relu2' is not supported"},
      {"llama", R"("tie_word_embeddings":1)", "tie_word_embeddings = 1 must be true or false"},
      {"llama", R"("head_dim":null,"num_attention_heads":5)", "does not divide hidden_size"},
      {"llama", R"("rope_scaling":7)", "rope_scaling = 7 must be an object"},
      {"llama", R"("rope_scaling":{"type":"yarn","factor":2})", "the scaling 'yarn'"},
      {"llama", R"("rope_scaling":{"rope_type":"linear"})", "rope_scaling: factor is missing"},
      {"llama", R"("rope_scaling":{"type":"linear","factor":0})", "factor = 0 must be positive"},
      {"llama", R"("quantization_config":{"quant_method":"gptq"})", "quantized by 'gptq'"},
      {"qwen3", R"("layer_types":["full_attention"])", "layer_types has 1 entries for 4 layers"},
      {"qwen3", R"("layer_types":["full_attention",42,"full_attention","full_attention"])",
       "layer_types[1] = 42 must be a text"},
      {"qwen3", R"("layer_types":["conv","conv","conv","conv"])", "layer_types has 'conv'"},
      {"smollm3", R"("no_rope_layers":[1])", "no_rope_layers has 1 entries"},
      {"phi3",
       R"("rope_scaling":{"type":"longrope","short_factor":[1],"long_factor":[1]},)"
       R"("original_max_position_embeddings":32)",
       "short_factor has 1 entries for 8"},
      {"phi3", R"("partial_rotary_factor":1.5)", "partial_rotary_factor = 1.5"},
      {"stablelm", R"("use_parallel_residual":true)", "use_parallel_residual is not supported"},
      {"gemma2", R"("query_pre_attn_scalar":0)", "query_pre_attn_scalar must be positive"},
      {"gpt2", R"("n_embd":10,"n_layer":1,"n_head":3)", "n_head = 3 does not divide n_embd = 10"},
      {"deepseek_v3", "\"a\":1", "the family 'deepseek_v3' is not supported; supported are llama"},
      {"gemma3", "\"a\":1", "the family 'gemma3' is not supported"}};
  for (const Case& c : cases) {
    const std::string error = error_with(c.type, c.fields);
    EXPECT_TRUE(error.starts_with("config.json")) << error;
    EXPECT_NE(error.find(c.expected), std::string::npos) << c.fields << "\n  gives " << error;
  }
  EXPECT_NE(error_of([] { (void)shape_of(R"({"model_type":42})"); }).find("model_type = 42"),
            std::string::npos);
}

// Deeper than any stack allows to recurse.
TEST(HfConfig, NestingIsHarmless) {
  constexpr std::size_t depth = 100000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  EXPECT_NE(error_of([&] {
              (void)shape_of("{\"model_type\":" + deep + "}");
            }).find("model_type = array must be a text"),
            std::string::npos);
}

TEST(HfConfig, HasTheDefaultsOfTheFamily) {
  const std::string start = std::string("{") + sizes + ",\"model_type\":";
  EXPECT_EQ(shape_of(start + "\"mistral\"}").layers[3].window, 4096U);
  EXPECT_EQ(shape_of(start + "\"mistral\",\"sliding_window\":null}").layers[3].window, 0U);
  EXPECT_EQ(shape_of(start + "\"smollm3\"}").layers[3].rotary, Rotary::none);
  EXPECT_EQ(shape_of(start + "\"smollm3\"}").layers[2].rotary, Rotary::global);
  const ModelShape gemma2 = shape_of(start + "\"gemma2\"}");
  EXPECT_EQ(gemma2.architecture.attention_softcap, 50.0F);
  EXPECT_EQ(gemma2.architecture.logit_softcap, 30.0F);
  EXPECT_EQ(gemma2.architecture.attention_scale, 1.0F / 16.0F);
  EXPECT_EQ(gemma2.layers[0].window, 4096U);
  EXPECT_EQ(gemma2.layers[1].window, 0U);
  EXPECT_TRUE(gemma2.architecture.tied_head);
  const ModelShape gemma3 = shape_of(start + "\"gemma3_text\"}");
  EXPECT_EQ(gemma3.rotary.theta, 1000000.0);
  EXPECT_EQ(gemma3.local_rotary.value().theta, 10000.0);
  EXPECT_EQ(shape_of(start + "\"stablelm\"}").architecture.rotary_dim, 4U);
}

}  // namespace
}  // namespace ringlet::convert
