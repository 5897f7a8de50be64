// The families of Hugging Face folders: a function for each reads the settings of its config.json,
// with the defaults of its published implementation.
#pragma once

#include <span>

#include "source/json_file.hpp"
#include "source/model_shape.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// A family by the `model_type` of its config.
struct HfFamily {
  const char* name;
  void (*read)(const JsonField& config, ModelShape& shape);
};

/// Those of the files hf_families_….cpp: a new one is a function there and a row of that file's
/// list.
std::span<const HfFamily> hf_llama_families();
std::span<const HfFamily> hf_granite_families();
std::span<const HfFamily> hf_families_of_other_norms();
std::span<const HfFamily> hf_gemma_families();
std::span<const HfFamily> hf_gemma4_families();
std::span<const HfFamily> hf_lfm_families();
std::span<const HfFamily> hf_qwen_families();
std::span<const HfFamily> hf_gpt_families();

/// Qwen3.5 stores gains less 1, and MLX as they are used. MLX also turns the factors of
/// convolutions, and leaves out the part that predicts more tokens, which `store` had if
/// `predicts_more`. Where a folder has neither, the size of the gains decides.
void settle_gains(TensorStore& store, bool predicts_more, ModelShape& shape);

/// nanoGPT (github.com/karpathy/nanoGPT), whose GPTConfig names no family.
void read_nanogpt(const JsonField& config, ModelShape& shape);

}  // namespace ringlet::convert
