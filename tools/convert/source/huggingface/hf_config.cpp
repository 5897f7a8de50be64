#include "source/huggingface/hf_config.hpp"

#include <optional>
#include <vector>

#include "source/errors.hpp"
#include "source/families.hpp"
#include "source/fp8.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_harmless.hpp"
#include "source/huggingface/hf_rotary.hpp"
#include "source/huggingface/hf_wrapper.hpp"
#include "source/refused_families.hpp"
#include "source/ternary.hpp"

namespace ringlet::convert {
namespace {

std::vector<HfFamily> all_families() {
  std::vector<HfFamily> all;
  for (const std::span<const HfFamily> some :
       {hf_llama_families(), hf_granite_families(), hf_families_of_other_norms(),
        hf_gemma_families(), hf_gemma4_families(), hf_gpt_families(), hf_lfm_families(),
        hf_qwen_families()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// MLX writes its affine codes as `quantization`, and again as `quantization_config` without a
/// method. BitNet's ternary weights and 8-bit floats can be read. Anything else under the latter
/// name cannot be read.
void refuse_foreign_quantization(const JsonField& config) {
  if (!config.has("quantization_config")) return;
  const JsonField fields = config.object("quantization_config");
  if (config.has("quantization") && !fields.has("quant_method")) return;
  if (read_ternary(config) || read_fp8(config)) return;
  config.refuse("quantization_config: weights quantized by '",
                fields.text("quant_method", "unknown"),
                "' cannot be read; convert the unquantized model");
}

HfFamily find_family(const JsonField& config) {
  if (!config.has("model_type") && config.has("n_embd") && config.has("block_size")) {
    return {"nanogpt", read_nanogpt};
  }
  const std::string name = config.text("model_type", "");
  for (const HfFamily& family : all_families()) {
    if (name == family.name && is_known_model_type(name)) return family;
  }
  if (needs_text_config(name)) config.refuse("text_config is missing, which '", name, "' needs");
  refuse_by_name(config);
  config.refuse("the family '", config.text("model_type"), "'", refusal_of_family(""));
}

}  // namespace

std::vector<std::string> hf_family_names() {
  std::vector<std::string> names;
  for (const HfFamily& family : all_families()) names.emplace_back(family.name);
  return names;
}

void refuse_by_name(const JsonField& config) {
  std::vector<std::string> names;
  if (config.has("model_type")) names.push_back(config.text("model_type"));
  if (config.has("architectures")) {
    for (const std::string& name : config.texts("architectures")) names.push_back(name);
  }
  for (const std::string& name : names) {
    const std::string_view reason = reason_to_refuse(name);
    if (!reason.empty()) config.refuse("the family '", name, "'", refusal_of_family(reason));
  }
}

ModelShape read_hf_config(const JsonField& config) {
  const HfFamily family = find_family(config);
  refuse_foreign_quantization(config);
  ModelShape shape;
  shape.family = family.name;
  family.read(config, shape);
  if (!shape.architecture.local_rotary) read_hf_local_rotary(config, std::nullopt, shape);
  refuse_unread(config, harmless_hf_settings());
  return shape;
}

}  // namespace ringlet::convert
