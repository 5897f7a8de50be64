#include "support/family_gguf.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "support/family_gguf_tensors.hpp"
#include "support/gguf_maker.hpp"

namespace ringlet::test {
namespace {

using Tensor = FolderMaker::Tensor;
using Names = std::pair<const char*, const char*>;

/// The factors by which rotary frequencies are divided, as the reference has them.
void put_llama3_factors(GgufMaker& file, const MadeFamily& made) {
  Tensor factors;
  const std::vector<double>& scaled = made.weights.layers[0].frequencies;
  factors.shape = {scaled.size()};
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / FamilySizes::head_dim;
    factors.values.push_back(std::pow(made.config["rope_theta"].get<double>(), exponent) /
                             scaled[i]);
  }
  put_floats(file, "rope_freqs.weight", factors);
}

void put_yarn(GgufMaker& file, const std::string& architecture, const nlohmann::json& scaling) {
  const std::string prefix = architecture + ".rope.scaling.";
  if (scaling.contains("attention_factor")) {
    file.real(prefix + "attn_factor",
              static_cast<float>(scaling["attention_factor"].get<double>() /
                                 (0.1 * std::log(scaling["factor"].get<double>()) + 1)));
  }
  file.text(prefix + "type", "yarn");
  file.number(prefix + "original_context_length", scaling["original_max_position_embeddings"]);
  for (const auto& [key, name] : {Names{"factor", "factor"}, Names{"beta_fast", "yarn_beta_fast"},
                                  Names{"beta_slow", "yarn_beta_slow"}}) {
    file.real(prefix + name, scaling[key].get<float>());
  }
}

void put_longrope(GgufMaker& file, const MadeFamily& made) {
  const auto& scaling = made.config["rope_scaling"];
  file.number("phi3.rope.scaling.original_context_length",
              made.config["original_max_position_embeddings"]);
  file.real("phi3.rope.scaling.attn_factor", static_cast<float>(made.weights.rotary_scale));
  file.number("phi3.rope.dimension_count", FamilySizes::head_dim * 3 / 4);
  for (const char* which : {"long", "short"}) {
    Tensor factors;
    factors.values = scaling[std::string(which) + "_factor"].get<std::vector<double>>();
    factors.shape = {factors.values.size()};
    put_floats(file, std::string("rope_factors_") + which + ".weight", factors);
  }
}

/// The divisor of logits is in the gains of the last norm already where the reference has it.
void put_multipliers(GgufMaker& file, const MadeFamily& made, const std::string& a) {
  const bool granite = a == "granite";
  file.real(a + ".embedding_scale", static_cast<float>(made.weights.embedding_scale));
  file.real(a + ".residual_scale", static_cast<float>(made.weights.residual_scale));
  file.real(a + ".logit_scale", granite ? made.config["logits_scaling"].get<float>() : 3.0F);
  if (granite) file.real(a + ".attention.scale", static_cast<float>(made.weights.attention_scale));
}

/// Gemma 4's sizes of each layer, and the factors of rotary pairs, of which llama.cpp's converter
/// makes those huge that do not rotate.
void put_lists(GgufMaker& file, const MadeFamily& made) {
  const auto list = [&](const char* key, auto size_of) {
    std::string text = GgufMaker::raw(std::uint32_t{4}) + GgufMaker::raw(std::uint64_t{4});
    for (const reference::Layer& layer : made.weights.layers) {
      text += GgufMaker::raw(static_cast<std::uint32_t>(size_of(layer)));
    }
    file.entry(std::string("gemma4.") + key, 9, text);
  };
  list("feed_forward_length", [](const reference::Layer& layer) { return layer.w_up.rows; });
  list("attention.head_count_kv", [](const reference::Layer& layer) { return layer.kv_heads; });
  std::string windows = GgufMaker::raw(std::uint32_t{7}) + GgufMaker::raw(std::uint64_t{4});
  for (const reference::Layer& layer : made.weights.layers) {
    windows += static_cast<char>(layer.window != 0 ? 1 : 0);
  }
  file.entry("gemma4.attention.sliding_window_pattern", 9, windows);
  Tensor factors;
  const std::vector<double>& own = made.weights.layers[1].frequencies;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double plain = std::pow(1e6, -static_cast<double>(i) / static_cast<double>(own.size()));
    factors.values.push_back(own[i] == 0 ? 1e30 : plain / own[i]);
  }
  factors.shape = {factors.values.size()};
  put_floats(file, "rope_freqs.weight", factors);
}

/// The keys that every architecture has.
void put_sizes(GgufMaker& file, const MadeFamily& made, const std::string& a) {
  const bool gpt2 = a == "gpt2";
  const std::size_t dim = gpt2 ? FamilySizes::heads * FamilySizes::head_dim : FamilySizes::dim;
  const auto number = [&](const char* key, std::size_t value) {
    file.number(a + "." + key, static_cast<std::uint32_t>(value));
  };
  file.text("general.architecture", a);
  number("context_length", 128);
  number("embedding_length", dim);
  number("block_count", FamilySizes::layers);
  if (a != "gemma4") number("feed_forward_length", gpt2 ? 4 * dim : FamilySizes::hidden);
  number("attention.head_count", FamilySizes::heads);
  file.real(a + (made.weights.layer_norm ? ".attention.layer_norm_epsilon"
                                         : ".attention.layer_norm_rms_epsilon"),
            static_cast<float>(made.weights.norm_epsilon));
  if (gpt2) return;
  if (a == "gemma4") {
    put_lists(file, made);
  } else if (a == "lfm2") {
    std::string list = GgufMaker::raw(std::uint32_t{4}) + GgufMaker::raw(std::uint64_t{4});
    for (const reference::Layer& layer : made.weights.layers) {
      list += GgufMaker::raw(
          static_cast<std::uint32_t>(layer.taps.empty() ? made.weights.kv_heads : 0));
    }
    file.entry("lfm2.attention.head_count_kv", 9, list);
    number("shortconv.l_cache", 3);
  } else {
    number("attention.head_count_kv", made.weights.kv_heads);
  }
  const std::size_t head_dim = made.weights.layers[1].head_dim;  // of a layer without a window
  number("attention.key_length", head_dim != 0 ? head_dim : FamilySizes::head_dim);
  number("attention.value_length", head_dim != 0 ? head_dim : FamilySizes::head_dim);
  if (made.config.contains("rope_theta")) {
    file.real(a + ".rope.freq_base", made.config["rope_theta"].get<float>());
  }
  if (made.config.contains("sliding_window")) {
    number("attention.sliding_window", made.config["sliding_window"].get<std::size_t>());
  }
}

void put_more(GgufMaker& file, const MadeFamily& made, const std::string& a) {
  if (a == "gemma2") {
    file.real("gemma2.attn_logit_softcapping", static_cast<float>(made.weights.attention_softcap));
    file.real("gemma2.final_logit_softcapping", static_cast<float>(made.weights.logit_softcap));
  } else if (a == "gemma3") {
    file.number("gemma3.attention.sliding_window_pattern", made.config["sliding_window_pattern"]);
    file.text("gemma3.rope.scaling.type", "linear");
    file.real("gemma3.rope.scaling.factor", made.config["rope_scaling"]["factor"].get<float>());
  } else if (a == "gemma4") {
    const nlohmann::json& config = made.config;
    for (const char* name :
         {"attention.key_length_swa", "attention.value_length_swa", "rope.dimension_count_swa"}) {
      file.number("gemma4." + std::string(name), FamilySizes::head_dim);
    }
    file.number("gemma4.rope.dimension_count", config["global_head_dim"]);
    file.real("gemma4.rope.freq_base", 1e6F);
    file.real("gemma4.rope.freq_base_swa", 1e4F);
    file.real("gemma4.final_logit_softcapping", static_cast<float>(made.weights.logit_softcap));
    file.number("gemma4.attention.shared_kv_layers", config["num_kv_shared_layers"]);
    file.number("gemma4.embedding_length_per_layer_input", config["hidden_size_per_layer_input"]);
  } else if (a == "stablelm") {
    file.number("stablelm.rope.dimension_count", FamilySizes::head_dim / 4);
    // As the converter sets it for every model whose configuration does not mention it.
    file.truth("stablelm.use_parallel_residual", true);
  } else if (a == "phi3") {
    put_longrope(file, made);
  } else if (a == "llama" && made.config.contains("rope_scaling")) {
    const nlohmann::json& scaling = made.config["rope_scaling"];
    scaling["rope_type"] == "yarn" ? put_yarn(file, a, scaling) : put_llama3_factors(file, made);
  } else if (a == "mistral3") {
    const nlohmann::json& scaling = made.config["rope_parameters"];
    put_yarn(file, a, scaling);
    file.real("mistral3.rope.freq_base", scaling["rope_theta"].get<float>());
    file.real("mistral3.rope.scaling.yarn_log_multiplier", scaling["mscale_all_dim"].get<float>());
    file.real("mistral3.attention.temperature_scale", scaling["llama_4_scaling_beta"].get<float>());
  } else if (a == "olmo2" && made.config.contains("rope_scaling")) {
    put_yarn(file, a, made.config["rope_scaling"]);
  } else if (a == "granite" || a == "minicpm") {
    put_multipliers(file, made, a);
  } else if (a == "hunyuan-dense") {
    const double exponent = FamilySizes::head_dim / (FamilySizes::head_dim - 2.0);
    const double alpha = made.config["rope_scaling"]["alpha"];
    file.real("hunyuan-dense.rope.freq_base",
              static_cast<float>(10000 * std::pow(alpha, exponent)));
  } else if (a == "qwen35") {
    for (const auto& [key, value] :
         {std::pair{"ssm.conv_kernel", 4U}, std::pair{"ssm.inner_size", 128U},
          std::pair{"ssm.state_size", 16U}, std::pair{"ssm.time_step_rank", 4U},
          std::pair{"ssm.group_count", 2U}, std::pair{"full_attention_interval", 2U},
          std::pair{"rope.dimension_count", 4U}}) {
      file.number("qwen35." + std::string(key), value);
    }
    file.real("qwen35.rope.freq_base", 1e7F);
  } else if (a == "phi2") {
    file.number("phi2.rope.dimension_count", FamilySizes::head_dim / 2);
  } else if (a == "gptneox") {
    file.number("gptneox.rope.dimension_count", FamilySizes::head_dim / 4);
    file.truth("gptneox.use_parallel_residual", true);
  }
}

}  // namespace

std::string gguf_of(const MadeFamily& made, const std::string& architecture) {
  GgufMaker file;
  put_sizes(file, made, architecture);
  put_more(file, made, architecture);
  for (const Tensor& tensor : made.maker.tensors()) put_tensor(file, tensor, architecture);
  return file.bytes();
}

}  // namespace ringlet::test
