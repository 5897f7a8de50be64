#include "source/huggingface/huggingface.hpp"

#include "source/collect_tensors.hpp"
#include "source/huggingface/hf_config.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_sampling.hpp"
#include "source/huggingface/hf_wrapper.hpp"
#include "source/huggingface/safetensors.hpp"
#include "source/mlx_affine.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// Buffers that some exporters store with the weights and config.json implies: the causal masks of
/// GPT-2, GPT-Neo and GPT-NeoX, rotary frequencies.
bool says_nothing(const std::string& name) {
  return name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias") ||
         name.ends_with(".attention.bias") || name.ends_with(".attention.masked_bias") ||
         name.ends_with("rotary_emb.inv_freq");
}

/// GPT-2 and GPT-NeoX are stored with and without these prefixes.
constexpr const char* gpt_prefixes[] = {"transformer.", "gpt_neox."};

/// Leaves out the part that predicts several tokens at once. Returns how many tensors it has.
std::size_t leave_out_predictors(TensorStore& store) {
  std::size_t count = 0;
  store.ignore([&](const std::string& name) {
    const bool predicts = name.starts_with("mtp.") || name.starts_with("model.mtp.");
    count += predicts ? 1 : 0;
    return predicts;
  });
  return count;
}

}  // namespace

SourceModel import_huggingface(const fs::path& folder, IgnoredSettings* ignored) {
  const fs::path config_path = folder / "config.json";
  JsonDocument document = read_json(config_path, ignored);
  const bool wrapped = is_wrapper(document.root());
  if (wrapped) {
    refuse_by_name(document.root());
    document = text_config(document.root());
  }
  const JsonField config = document.root();
  ModelShape shape = read_hf_config(config);
  TensorStore store(folder.string());
  add_safetensors_folder(folder, store);
  store.ignore(says_nothing);
  for (const char* prefix : gpt_prefixes) store.replace_prefix(prefix, "");
  const std::size_t predictors = leave_out_predictors(store);
  const bool has_prefix = wrapped || has_wrapped_tensors(store);
  const std::string left_out = has_prefix ? unwrap_tensors(store) : "";
  if (const auto affine = read_mlx_affine(config)) store.set_mlx_affine(*affine);
  if (const auto ternary = read_ternary(config)) store.set_ternary(*ternary);
  if (const auto fp8 = read_fp8(config)) {
    store.set_fp8(*fp8);
    store.ignore([](const std::string& tensor) { return tensor.ends_with(".activation_scale"); });
  }
  settle_gains(store, predictors != 0, shape);
  const std::string name = fs::weakly_canonical(folder).filename().string();
  SourceModel model =
      collect_tensors(shape, store, name, "Hugging Face folder (" + shape.family + ") " + name);
  model.sampling = read_generation_config(folder, model.notes);
  if (predictors != 0) {
    model.notes.push_back(std::to_string(predictors) +
                          " tensors of the part that predicts several tokens at once are left out");
  }
  if (!left_out.empty()) model.notes.push_back(left_out);
  return model;
}

}  // namespace ringlet::convert
