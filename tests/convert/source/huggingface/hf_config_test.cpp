// config.json: malformed or unsupported values are refused with the field at fault.
#include "source/huggingface/hf_config.hpp"

#include <gtest/gtest.h>

#include "source/mlx_affine.hpp"
#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::TemporaryFolder;

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
      {"llama", R"("hidden_act":"relu6")", "the activation 'relu6' is not supported"},
      {"granite", R"("residual_multiplier":0)", "residual_multiplier = 0 must be positive"},
      {"granitemoehybrid", R"("layer_types":["attention","mamba","mamba","mamba"])",
       "layer_types has 'mamba', a state-space layer, which is not supported; of this family only"},
      {"granitemoehybrid", R"("layer_types":["attention","attention","attention","attention"])",
       "position_embedding_type must be \"rope\" in dense models"},
      {"bitnet", R"("quantization_config":{"quant_method":"bitnet","quantization_mode":"online"})",
       "rounds weights while the model runs"},
      {"phi", R"("qk_layernorm":true)", "qk_layernorm is not supported"},
      {"hunyuan_v1_dense", R"("rope_scaling":{"type":"dynamic","alpha":1000,"factor":2})",
       "factor and alpha exclude each other"},
      {"hunyuan_v1_dense", R"("rope_scaling":{"type":"dynamic","factor":2})",
       "the scaling 'dynamic'"},
      {"llama", R"("tie_word_embeddings":1)", "tie_word_embeddings = 1 must be true or false"},
      {"llama", R"("head_dim":null,"num_attention_heads":5)", "does not divide hidden_size"},
      {"llama", R"("rope_scaling":7)", "rope_scaling = 7 must be an object"},
      {"llama", R"("rope_scaling":{"type":"yarn","factor":0})", "factor = 0 must be positive"},
      {"llama", R"("rope_scaling":{"type":"yarn","factor":2,"beta_slow":-1})",
       "beta_slow = -1 must be positive"},
      {"llama", R"("rope_scaling":{"rope_type":"linear"})", "rope_scaling: factor is missing"},
      {"llama", R"("rope_scaling":{"type":"linear","factor":0})", "factor = 0 must be positive"},
      {"llama", R"("quantization_config":{"quant_method":"gptq"})", "quantized by 'gptq'"},
      {"llama", R"("rope_parameters":{"rope_type":"dynamic","factor":2})", "the scaling 'dynamic'"},
      {"llama", R"("rope_parameters":{"partial_rotary_factor":0.5},"partial_rotary_factor":0.25)",
       "partial_rotary_factor = 0.5 contradicts partial_rotary_factor = 0.25 outside"},
      {"llama",
       R"("rope_parameters":{"rope_theta":7},"rope_scaling":{"rope_type":"linear","factor":2})",
       "rope_parameters and rope_scaling contradict each other"},
      {"llama", R"("rope_theta":10000,"rope_parameters":{"rope_theta":500000})",
       "rope_theta = 500000 contradicts rope_theta = 10000 outside"},
      {"llama", R"("rope_scaling":{"type":"linear","factor":2},"rope_parameters":{"type":"yarn"})",
       "contradict each other about "},
      {"gemma3_text",
       R"("rope_local_base_freq":5000,"rope_parameters":{"full_attention":{},"sliding_attention":)"
       R"({"rope_theta":10000}})",
       "rope_theta = 10000 contradicts rope_local_base_freq = 5000 outside"},
      {"llama",
       R"("original_max_position_embeddings":64,"rope_scaling":{"rope_type":"llama3","factor":8,)"
       R"("low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":128})",
       "original_max_position_embeddings = 128 contradicts"},
      {"phi3",
       R"("original_max_position_embeddings":32,"rope_scaling":{"type":"longrope","factor":7,)"
       R"("short_factor":[1,1,1,1,1,1,1,1],"long_factor":[2,2,2,2,2,2,2,2]})",
       "factor = 7 contradicts the contexts, whose ratio is 4"},
      {"llama", R"("rope_scaling":{"factor":4})", "factor is there without a rope_type"},
      {"llama", R"("rope_parameters":{"rope_theta":7,"factor":4})", "without a rope_type"},
      {"llama", R"("kv_channels":32)", "kv_channels = 32 differs from 16"},
      {"llama", R"("rotary_emb_base":7)", "rotary_emb_base = 7 differs from 10000"},
      {"llama", R"("quantization":{"bits":4,"group_size":64},"rope_wobble":1)", "rope_wobble = 1"},
      {"llama", R"("rope_parameters":{"rope_theta":"a"})", "rope_theta = \"a\" must be a number"},
      {"llama", R"("rope_parameters":{"rope_theta":1e4,"llama_4_scaling_beta":0.1})",
       "rope_parameters: llama_4_scaling_beta = 0.1 is not supported"},
      {"llama", R"("rope_scaling":{"type":"linear","factor":2,"alpha_rope":1})", "alpha_rope = 1"},
      {"mistral",
       R"("rope_parameters":{"full_attention":{"rope_theta":1e4},"sliding_attention":)"
       R"({"rope_theta":1e4,"partial_rotary_factor":0.5}})",
       "sliding_attention: differs from full_attention in more than base and factors"},
      {"mistral", R"("rope_parameters":{"full_attention":{},"sliding_attention":{}})",
       "sliding_attention: rope_theta is missing"},
      {"mistral",
       R"("rope_parameters":{"full_attention":{"rope_theta":1e4},"sliding_attention":)"
       R"({"rope_theta":1e4},"rope_theta":777})",
       "rope_parameters: rope_theta = 777 is not supported"},
      {"llama", R"("embedding_multiplier":12)", "embedding_multiplier = 12 is not supported; only"},
      {"llama", R"("attention_multiplier":0.0156)", "attention_multiplier = 0.0156 is not"},
      {"llama", R"("logits_scaling":8)", "logits_scaling = 8 is not supported; only 1 is"},
      {"llama", R"("residual_multiplier":0.22)", "residual_multiplier = 0.22 is not supported"},
      {"gemma3_text", R"("use_bidirectional_attention":true)",
       "use_bidirectional_attention = true"},
      {"llama", R"("num_local_experts":8)",
       "num_local_experts = 8 is not supported; only 0 or 1 is"},
      {"qwen3", R"("num_experts":128)", "num_experts = 128 is not supported"},
      {"llama", R"("final_logit_softcapping":30)", "final_logit_softcapping = 30 is not"},
      {"gpt2",
       R"("head_dim":null,"num_attention_heads":null,"num_key_value_heads":null,"n_embd":8,"n_layer":1,"n_head":1,"is_causal":false)",
       "is_causal = false is not"},
      {"llama", R"("rope_interleaved":true)", "rope_interleaved = true is not supported; only"},
      {"llama", R"("rope_local_base_freq":10000)", "rope_local_base_freq = 10000"},
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
      {"gemma3", "\"a\":1", "text_config is missing, which 'gemma3' needs"},
      {"gpt_neo",
       R"("hidden_size":48,"num_layers":2,"num_heads":4,"attention_layers":["global","local"],)"
       R"("attention_types":[[["local","global"],1]])",
       "attention_layers and attention_types contradict each other"},
      {"gpt_neox", R"("rotary_pct":0.25,"partial_rotary_factor":0.5)",
       "rotary_pct = 0.25 contradicts partial_rotary_factor = 0.5"},
      {"exaone4", R"("sliding_window":8,"sliding_window_pattern":"LXG")",
       "must consist of L and G"},
      {"granitemoehybrid", R"("layer_types":["attention"])", "layer_types has 1 entries for 4"},
      {"olmo3",
       R"("rope_parameters":{"full_attention":{"rope_theta":5e5},"sliding_attention":)"
       R"({"rope_theta":500}})",
       "layers with a window that do not rotate plainly"},
      {"llama", R"("rope_theta":1,"rope_scaling":{"type":"yarn","factor":2})",
       "yarn needs a base of more than 1"}};
  for (const Case& c : cases) {
    const std::string error = error_with(c.type, c.fields);
    EXPECT_TRUE(error.starts_with("config.json")) << error;
    EXPECT_NE(error.find(c.expected), std::string::npos) << c.fields << "\n  gives " << error;
  }
  EXPECT_NE(error_of([] { (void)shape_of(R"({"model_type":42})"); }).find("model_type = 42"),
            std::string::npos);
}

void expect_same_rotary(const ModelShape& a, const ModelShape& b) {
  EXPECT_EQ(a.architecture.rotary_dim, b.architecture.rotary_dim);
  EXPECT_EQ(a.architecture.rotary_scale, b.architecture.rotary_scale);
  EXPECT_EQ(a.architecture.local_rotary, b.architecture.local_rotary);
  EXPECT_EQ(a.rotary.theta, b.rotary.theta);
  EXPECT_EQ(a.rotary.factors, b.rotary.factors);
  EXPECT_EQ(a.local_rotary.has_value(), b.local_rotary.has_value());
  if (a.local_rotary && b.local_rotary) {
    EXPECT_EQ(a.local_rotary->theta, b.local_rotary->theta);
    EXPECT_EQ(a.local_rotary->factors, b.local_rotary->factors);
  }
  EXPECT_EQ(a.long_rotary.has_value(), b.long_rotary.has_value());
  if (a.long_rotary && b.long_rotary) {
    EXPECT_EQ(a.long_rotary->factors, b.long_rotary->factors);
  }
  EXPECT_EQ(a.long_above, b.long_above);
}

ModelShape shape_with(const std::string& type, const std::string& fields) {
  return shape_of(std::string("{") + sizes + ",\"model_type\":\"" + type + "\"" +
                  (fields.empty() ? "" : "," + fields) + "}");
}

// What Transformers 5 writes for a config means what Transformers 4 wrote.
TEST(HfConfig, RopeParametersSayWhatTheOlderFieldsSaid) {
  struct Pair {
    const char* type;
    const char* older;
    const char* newer;
  };
  const Pair pairs[] = {
      {"llama", R"("rope_theta":500000)", R"("rope_parameters":{"rope_theta":500000})"},
      {"llama", "",
       R"("rope_parameters":{"rope_type":"default","rope_theta":10000.0},"rope_scaling":{})"},
      {"llama", R"("partial_rotary_factor":0.5)",
       R"("rope_parameters":{"rope_theta":1e4,"partial_rotary_factor":0.5,"rope_type":"default"})"},
      {"llama", R"("partial_rotary_factor":0.5)",
       R"("rope_parameters":{"partial_rotary_factor":0.5},"partial_rotary_factor":0.5)"},
      {"stablelm", R"("partial_rotary_factor":0.5)",
       R"("rope_parameters":{"rope_theta":1e4,"partial_rotary_factor":0.5})"},
      {"stablelm", "", R"("rope_parameters":{"rope_theta":1e4,"rope_type":"default"})"},
      {"llama", R"("rope_theta":7,"rope_scaling":{"type":"linear","factor":2})",
       R"("rope_parameters":{"rope_theta":7,"rope_type":"linear","factor":2})"},
      {"phi3",
       R"("original_max_position_embeddings":32,"rope_scaling":{"type":"longrope",)"
       R"("short_factor":[1,1,1,1,1,1,1,1],"long_factor":[2,2,2,2,2,2,2,2]})",
       R"("rope_scaling":{"type":"longrope","attention_factor":null,)"
       R"("short_factor":[1,1,1,1,1,1,1,1],"long_factor":[2,2,2,2,2,2,2,2]},)"
       R"("rope_parameters":{"rope_type":"longrope","original_max_position_embeddings":32,)"
       R"("rope_theta":1e4,"short_factor":[1,1,1,1,1,1,1,1],"long_factor":[2,2,2,2,2,2,2,2]})"},
      {"llama", R"("rope_scaling":{"type":"linear","factor":2})",
       R"("rope_scaling":{"type":"linear","rope_type":"linear","factor":2})"},
      {"llama", R"("rope_theta":7,"rope_scaling":{"rope_type":"linear","factor":2})",
       R"("rope_scaling":{"rope_type":"linear","factor":2},)"
       R"("rope_parameters":{"rope_theta":7,"rope_type":"linear","factor":2})"},
      {"llama",
       R"("rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,)"
       R"("high_freq_factor":4,"original_max_position_embeddings":128})",
       R"("rope_parameters":{"rope_type":"llama3","factor":8,"low_freq_factor":1,)"
       R"("high_freq_factor":4})"},
      {"phi3",
       R"("original_max_position_embeddings":32,"rope_scaling":{"type":"longrope",)"
       R"("short_factor":[1,1,1,1,1,1,1,1],"long_factor":[2,2,2,2,2,2,2,2]})",
       R"("rope_parameters":{"rope_type":"longrope","original_max_position_embeddings":32,)"
       R"("short_factor":[1,1,1,1,1,1,1,1],"long_factor":[2,2,2,2,2,2,2,2],"factor":4})"},
      {"gemma3_text",
       R"("rope_theta":5e5,"rope_local_base_freq":7000,"rope_scaling":{"type":"linear","factor":8})",
       R"("rope_parameters":{"full_attention":{"rope_theta":5e5,"rope_type":"linear","factor":8},)"
       R"("sliding_attention":{"rope_theta":7000,"rope_type":"default"}})"},
      {"gemma3_text", R"("rope_scaling":{"type":"linear","factor":8})",
       R"("rope_scaling":{"rope_type":"linear","factor":8},"rope_parameters":{"full_attention":)"
       R"({"rope_theta":1e6,"rope_type":"linear","factor":8},"sliding_attention":)"
       R"({"rope_theta":1e4,"rope_type":"default"}})"},
      {"gemma3_text", "", R"("rope_parameters":{"full_attention":{},"sliding_attention":{}})"},
      {"mistral", R"("rope_theta":7)",
       R"("rope_parameters":{"full_attention":{"rope_theta":7},"sliding_attention":{"rope_theta":7}})"}};
  for (const Pair& pair : pairs) {
    SCOPED_TRACE(pair.newer);
    expect_same_rotary(shape_with(pair.type, pair.older), shape_with(pair.type, pair.newer));
  }
}

TEST(HfConfig, LayersWithAWindowCanHaveABaseOfTheirOwn) {
  const ModelShape shape = shape_with(
      "mistral",
      R"("sliding_window":8,"layer_types":["sliding_attention","full_attention",)"
      R"("sliding_attention","full_attention"],"rope_parameters":{"full_attention":)"
      R"({"rope_theta":9},"sliding_attention":{"rope_theta":7,"rope_type":"linear","factor":2}})");
  EXPECT_EQ(shape.rotary.theta, 9);
  EXPECT_EQ(shape.local_rotary.value().theta, 7);
  EXPECT_EQ(shape.local_rotary.value().factors, std::vector<double>(8, 2.0));
  EXPECT_EQ(shape.layers[0].rotary, Rotary::local);
  EXPECT_EQ(shape.layers[1].rotary, Rotary::global);
}

// The keys that published configs have beyond those that are read, with their usual values.
TEST(HfConfig, PublishedConfigsAreNotRefusedForWhatChangesNothing) {
  struct Published {
    const char* type;
    const char* fields;
  };
  const Published configs[] = {
      {"llama",  // SmolLM2
       R"("_name_or_path":"a","architectures":["b"],"attention_bias":false,"attention_dropout":0.0,)"
       R"("bos_token_id":0,"eos_token_id":0,"hidden_act":"silu","initializer_range":0.041,)"
       R"("is_llama_config":true,"mlp_bias":false,"pretraining_tp":1,"rms_norm_eps":1e-05,)"
       R"("rope_interleaved":false,"rope_scaling":null,"rope_theta":100000,)"
       R"("tie_word_embeddings":true,"torch_dtype":"bfloat16","transformers_version":"4.40.1",)"
       R"("transformers.js_config":{"dtype":"q4"},"use_cache":true)"},
      {"llama",
       R"("residual_dropout":0.1,"rope_traditional":false,"activation":"swiglu","flash_attn":true,)"
       R"("rotary_pct":1.0,"norm_eps":1e-6,"kv_channels":16,"kv_cache_dtype":"auto",)"
       R"("rotary_emb_base":10000,"use_rms_norm":true,"num_local_experts":1,"norm_topk_prob":false,)"
       R"("sliding_window":4096,"hidden_activation":"silu")"},
      {"llama", R"("unsloth_fixed":true,"_attn_implementation_autoset":true,"dtype":"float16")"},
      {"qwen2", R"("attention_dropout":0.0,"max_window_layers":21,"sliding_window":32768,)"
                R"("use_sliding_window":false,"use_mrope":false,"rope_theta":1000000.0)"},
      {"qwen3", R"("attention_bias":false,"attention_dropout":0.0,"max_window_layers":28,)"
                R"("sliding_window":null,"use_sliding_window":false,"rope_scaling":null)"},
      {"smollm3",
       R"("max_window_layers":28,"no_rope_layer_interval":4,"no_rope_layers":[1,1,1,0],)"
       R"("layer_types":["full_attention","full_attention","full_attention","full_attention"],)"
       R"("pretraining_tp":2,"sliding_window":null,"use_sliding_window":false)"},
      {"gemma", R"("hidden_act":"gelu","hidden_activation":null,"attention_bias":false)"},
      {"gemma2", R"("attn_logit_softcapping":50.0,"cache_implementation":"hybrid",)"
                 R"("final_logit_softcapping":30.0,"hidden_act":"gelu_pytorch_tanh",)"
                 R"("hidden_activation":"gelu_pytorch_tanh","query_pre_attn_scalar":256,)"
                 R"("sliding_window":4096,"sliding_window_size":4096,"use_cache":true)"},
      {"gemma3_text",
       R"("_sliding_window_pattern":6,"attn_logit_softcapping":null,)"
       R"("final_logit_softcapping":null,"query_pre_attn_scalar":256,"rope_local_base_freq":1e4,)"
       R"("rope_scaling":null,"rope_theta":1e6,"sliding_window":512,)"
       R"("use_bidirectional_attention":false)"},
      {"phi3",
       R"("attention_bias":false,"embd_pdrop":0.0,"full_attn_mod":1,"interpolate_factor":1,)"
       R"("lm_head_bias":false,"mlp_bias":false,"original_max_position_embeddings":64,)"
       R"("partial_rotary_factor":0.75,"resid_pdrop":0.0,"rope_scaling":null,)"
       R"("sliding_window":262144)"},
      {"stablelm",
       R"("hidden_dropout":0.0,"attention_dropout":0.0,"layer_norm_eps":1e-05,)"
       R"("partial_rotary_factor":0.25,"qk_layernorm":false,"rotary_scaling_factor":1.0,)"
       R"("use_parallel_residual":false,"use_qkv_bias":true)"},
      {"gpt2",
       R"("head_dim":null,"num_attention_heads":null,"num_key_value_heads":null,)"
       R"("activation_function":"gelu_new","attn_pdrop":0.1,"embd_pdrop":0.1,)"
       R"("layer_norm_epsilon":1e-05,"n_ctx":1024,"n_embd":48,"n_head":4,"n_inner":null,)"
       R"("n_layer":4,"n_positions":1024,"reorder_and_upcast_attn":false,"resid_pdrop":0.1,)"
       R"("scale_attn_by_inverse_layer_idx":false,"scale_attn_weights":true,)"
       R"("summary_activation":null,"summary_first_dropout":0.1,"summary_proj_to_labels":true,)"
       R"("task_specific_params":{"text-generation":{"do_sample":true}},"output_attentions":false)"},
      {"qwen3",  // MLX writes its codes twice
       R"("quantization":{"group_size":64,"bits":4},"quantization_config":{"group_size":64,"bits":4})"}};
  for (const Published& config : configs) {
    EXPECT_EQ(error_of([&] { (void)shape_with(config.type, config.fields); }), "no error")
        << config.fields;
  }
}

TEST(HfConfig, MlxCodesOfSeveralKindsAreNamed) {
  const JsonDocument document(R"({"quantization":{"group_size":64,"bits":4,"lm_head":false,)"
                              R"("model.embed_tokens":{"group_size":64,"bits":8}}})",
                              "config.json");
  EXPECT_EQ(error_of([&] { (void)read_mlx_affine(document.root()); }),
            "config.json: quantization: 'model.embed_tokens' has codes of its own; one kind for "
            "the whole model is supported");
}

TEST(HfConfig, TheUserCanIgnoreASetting) {
  const TemporaryFolder folder;
  const std::string text = std::string("{") + sizes +
                           R"(,"model_type":"llama","attention_multiplier":2,"rope_parameters":)"
                           R"({"rope_theta":7,"rope_wobble":3}})";
  const auto path = folder.write("config.json", text);
  common::IgnoredSettings ignored({"attention_multiplier", "rope_wobble"});
  EXPECT_EQ(read_hf_config(read_json(path, &ignored).root()).rotary.theta, 7);
  EXPECT_TRUE(ignored.never_met().empty());
}

// Deeper than any stack allows to recurse.
TEST(HfConfig, NestingIsHarmless) {
  constexpr std::size_t depth = 100000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  EXPECT_NE(error_of([&] {
              (void)shape_of("{\"model_type\":" + deep + "}");
            }).find("model_type = a list must be a text"),
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
  EXPECT_TRUE(gemma2.architecture.tied_embedding);
  const ModelShape gemma3 = shape_of(start + "\"gemma3_text\"}");
  EXPECT_EQ(gemma3.rotary.theta, 1000000.0);
  EXPECT_EQ(gemma3.local_rotary.value().theta, 10000.0);
  EXPECT_EQ(shape_of(start + "\"stablelm\"}").architecture.rotary_dim, 4U);
  EXPECT_EQ(shape_of(start + "\"stablelm\",\"norm_eps\":0.5}").architecture.norm_epsilon, 0.5F);
  const ModelShape phi3 = shape_of(
      start + R"("phi3","rope_scaling":{"type":"longrope","short_factor":[1,1,1,1,1,1,1,1],)"
              R"("long_factor":[2,2,2,2,2,2,2,2]}})");
  EXPECT_EQ(phi3.architecture.norm_epsilon, 1e-5F);
  EXPECT_EQ(phi3.long_above, 4096U);
}

}  // namespace
}  // namespace ringlet::convert
