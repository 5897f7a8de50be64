#include "source/families.hpp"

#include <algorithm>

namespace ringlet::convert {
namespace {

constexpr FamilyProof proofs[] = {
    {'R',
     "tests: a folder of random weights has the logits of a float64 reference, within 5e-6 of "
     "the largest"},
    {'G', "tests: a GGUF file of that folder has the folder's logits, within 2e-6 of the largest"},
    {'F',
     "tests: a folder of random weights made elsewhere has logits that NumPy (Qwen3.5: mlx-lm) "
     "computed"},
    {'C',
     "tests: trained checkpoints have the logits, texts and perplexities of other programs; "
     "without C, "
     "no trained checkpoint of the family was at hand"},
    {'L', "by hand: small random GGUF files have the probabilities of llama.cpp"}};

constexpr KnownFamily families[] = {
    {"llama", "llama",
     "Llama 1 to 3.x, SmolLM2 and relatives: scaling \"llama3\" or \"linear\", biases if the "
     "config "
     "asks for them",
     "RGFC"},
    {"mistral, mistral3", "llama", "a window in every layer; in mistral3 beside a tower", "RGF"},
    {"ministral3, mistral3", "mistral3",
     "YaRN, and queries that grow with their position; matrices of 8-bit floats; in mistral3 "
     "beside a tower",
     "RG"},
    {"qwen2", "qwen2", "biases of q, k, v; windows from max_window_layers on", "RG"},
    {"qwen3", "qwen3", "norms of each head of q and k", "RGF"},
    {"qwen3_5_text, qwen3_5", "qwen35",
     "Qwen3.5 and 3.6, dense, with or without the tower: gated delta rules in three of four "
     "layers, "
     "and attention whose result has a gate in the others; norms of heads; a quarter of a head "
     "rotates",
     "RGFL"},
    {"smollm3", "smollm3", "layers without rotary embedding", "RG"},
    {"gemma", "gemma", "gains stored minus one (not in GGUF), GeGLU, scaled embedding", "RG"},
    {"gemma2", "gemma2",
     "like Gemma, plus norms after the blocks, soft caps, a window in every other layer", "RG"},
    {"gemma3_text, gemma3", "gemma3",
     "like Gemma 2, with norms of heads in place of soft caps; layers with a window have their own "
     "rotary base; gemma3 has towers",
     "RG"},
    {"gemma4_text, gemma4", "gemma4",
     "like Gemma 3, with gains stored whole; layers without a window have larger heads of which a "
     "part rotates, later layers read the caches of earlier ones, values are normalized, tokens "
     "bring inputs for each layer (E2B, E4B) or values come from keys (12B); dense; gemma4 can "
     "have towers",
     "RGFL"},
    {"phi3", "phi3",
     "fused projections; \"longrope\": two frequency tables, and a session's context selects one",
     "RG"},
    {"gpt2", "gpt2",
     "learned positions, LayerNorm, GELU, biases, no gate; nanoGPT's GPTConfig as config.json",
     "RG"},
    {"gpt_neo", "",
     "learned positions, LayerNorm, GELU, no scale of scores, a window in every other layer; the "
     "original TinyStories",
     "R"},
    {"ernie4_5", "ernie4_5", "neighbors rotate; biases if the config asks for them", "RG"},
    {"seed_oss", "seed_oss", "biases of q, k, v", "RG"},
    {"lfm2, lfm2_vl, lfm2-vl", "lfm2",
     "LFM2 and LFM2.5: short convolutions in place of attention in most layers, norms of heads; "
     "biases of convolutions if the config asks for them; lfm2_vl has a tower",
     "RGL"},
    {"granite, granitemoehybrid", "granite",
     "numbers of its own multiply embeddings, scores and results of blocks, and divide logits; of "
     "granitemoehybrid the dense models",
     "RG"},
    {"minicpm", "minicpm", "like Granite, with numbers from depth and width", "RG"},
    {"olmo2, olmo3", "olmo2",
     "norms after the blocks and none before, one norm for all heads of q and of k; OLMo 3: "
     "windows "
     "in three of four layers, YaRN in the others",
     "RG"},
    {"exaone4", "exaone4",
     "norms after the blocks only, norms of heads; with windows, the layers without do not rotate",
     "RG"},
    {"hunyuan_v1_dense", "hunyuan-dense", "norms of heads after rotation", "RG"},
    {"arcee", "arcee", "the square of relu, no gate", "RG"},
    {"bitnet", "",
     "norms before the output of attention and before the end of the feed-forward, a gate of the "
     "square of relu; ternary matrices",
     "R"},
    {"phi", "phi2", "Phi-2: LayerNorm, both blocks side by side, a bias of the head", "RG"},
    {"gpt_neox", "gptneox", "like Phi-2, with a norm for each block; Pythia", "RG"},
    {"stablelm", "stablelm", "LayerNorm, rotary embedding of a part of each head", "RG"}};

bool is_listed(std::string_view name, const char* KnownFamily::*list) {
  return std::ranges::any_of(families, [&](const KnownFamily& family) {
    return std::ranges::count(family_names(family.*list), name) != 0;
  });
}

}  // namespace

std::span<const KnownFamily> known_families() { return families; }

std::span<const FamilyProof> family_proofs() { return proofs; }

std::vector<std::string> family_names(std::string_view list) {
  constexpr std::string_view separator = ", ";
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    names.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + separator.size(), list.size()));
  }
  return names;
}

bool is_known_model_type(std::string_view name) {
  return is_listed(name, &KnownFamily::model_types);
}

bool is_known_architecture(std::string_view name) {
  return is_listed(name, &KnownFamily::architectures);
}

}  // namespace ringlet::convert
