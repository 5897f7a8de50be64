#include "huggingface.hpp"

#include "affine.hpp"
#include "collect_tensors.hpp"
#include "hf_config.hpp"
#include "safetensors.hpp"
#include "sampling_defaults.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// Buffers that some exporters store beside the weights: the causal mask of GPT-2, rotary
/// frequencies, of which config.json says the same.
bool says_nothing(const std::string& name) {
  return name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias") ||
         name.ends_with("rotary_emb.inv_freq");
}

/// GPT-2 is stored with and without the name of the whole in front.
constexpr const char* gpt2_prefix = "transformer.";

}  // namespace

SourceModel import_huggingface(const fs::path& folder, IgnoredSettings* ignored) {
  const fs::path config_path = folder / "config.json";
  const JsonDocument document(config_path, ignored);
  const JsonField config = document.root();
  ModelShape shape = read_hf_config(config);
  TensorStore store(folder.string());
  add_safetensors_folder(folder, store);
  store.ignore(says_nothing);
  if (shape.architecture.positions != 0) store.remove_prefix(gpt2_prefix);
  if (const auto affine = read_affine_format(config)) store.set_affine(*affine);
  const std::string name = fs::weakly_canonical(folder).filename().string();
  SourceModel model =
      collect_tensors(shape, store, name, "Hugging Face folder (" + shape.family + ") " + name);
  model.sampling = read_generation_config(folder, model.notes);
  return model;
}

}  // namespace ringlet::convert
