// Fuzzes the config.json of Hugging Face folders.
#include <string_view>

#include "fuzz/import_harness.hpp"
#include "source/huggingface/hf_config.hpp"
#include "source/huggingface/hf_wrapper.hpp"
#include "support/family_models.hpp"

namespace ringlet::test {
namespace {

void add_more_settings(std::vector<Seed>& seeds) {
  const std::string sizes =
      R"("vocab_size":40,"hidden_size":48,"intermediate_size":72,"num_hidden_layers":4,)"
      R"("num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,)"
      R"("max_position_embeddings":128,"rms_norm_eps":1e-5,"tie_word_embeddings":true)";
  const std::pair<const char*, const char*> families[] = {
      {"llama",
       R"("rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,)"
       R"("original_max_position_embeddings":64})"},
      {"qwen2", R"("use_sliding_window":true,"sliding_window":8,"max_window_layers":2)"},
      {"gemma2", R"("attn_logit_softcapping":50,"query_pre_attn_scalar":24)"},
      {"gemma3_text", R"("rope_parameters":{"full_attention":{"rope_theta":1e6},)"
                      R"("sliding_attention":{"rope_theta":1e4}})"},
      {"stablelm", R"("layer_norm_eps":1e-5,"use_qkv_bias":true)"}};
  for (const auto& [name, more] : families) {
    seeds.push_back({std::string("settings_") + name,
                     std::string("{\"model_type\":\"") + name + "\"," + sizes + "," + more + "}"});
  }
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  return outcome_of([&] {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    convert::JsonDocument document(text, "config.json");
    if (convert::is_wrapper(document.root())) document = convert::text_config(document.root());
    (void)convert::read_hf_config(document.root());
  });
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (const Family& family : all_families()) {
    seeds.push_back({family.name, family.make().config.dump()});
  }
  add_more_settings(seeds);
  seeds.push_back({"refused_type", R"({"model_type":"unheard_of"})", "unheard_of"});
  seeds.push_back({"refused_json", R"({"model_type":)", "JSON"});
  return seeds;
}

}  // namespace ringlet::test
