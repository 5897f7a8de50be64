#include "source/refused_families.hpp"

#include <algorithm>
#include <cctype>

#include "source/families.hpp"

namespace ringlet::convert {
namespace {

struct RefusedFamilies {
  const char* reason;
  const char* names;  // separated by ", "; as spelled_alike() spells them
};

constexpr RefusedFamilies refused[] = {
    {"Gemma 3n keeps several residual streams (AltUp), and Gemma 4 has superseded it",
     "gemma3n, gemma3ntext"},
    {"RWKV is a recurrence that the runtime does not have",
     "rwkv, rwkv5, rwkv6, rwkv6qwen2, rwkv7, arwkv7"},
    {"its keys and values come from a latent vector (multi-head latent attention)",
     "deepseekv2, deepseekv3, deepseekv32, deepseek2, kimik2, longcatflash, minicpm3, plm"},
    {"its feed-forward blocks are mixtures of experts, and its attention heads have sinks",
     "gptoss"},
    {"its feed-forward blocks are mixtures of experts",
     "afmoe, arctic, bailingmoe, bailingmoe2, bailingmoev2, dbrx, deepseek, dots1, ernie45moe, "
     "flexolmo, glm4moe, glm4vmoe, granitemoe, granitemoeshared, grok, grok1, hunyuanmoe, "
     "hunyuanv1moe, lfm2moe, llama4, llama4text, minimax, minimaxm2, mixtral, olmoe, phimoe, "
     "qwen2moe, qwen35moe, qwen35moetext, qwen3moe, qwen3next, qwen3vlmoe, qwen3vlmoetext"},
    {"its layers, or some of them, are state-space models (Mamba)",
     "bamba, falconh1, falconmamba, granitehybrid, jamba, mamba, mamba2, nemotronh, nemotronhmoe, "
     "plamo2, zamba, zamba2"},
    {"it is an encoder, which does not continue a text",
     "albert, bert, camembert, deberta, debertav2, distilbert, electra, eurobert, gemmaembedding, "
     "jinabertv2, jinabertv3, modernbert, mpnet, neobert, nomicbert, nomicbertmoe, roberta, "
     "t5encoder, xlmroberta"},
    {"it is an encoder with a decoder, and the runtime has only decoders",
     "bart, m2m100, marian, mbart, mt5, pegasus, t5, t5gemma, umt5, whisper"},
    {"it is for pictures or sound, and no language model",
     "clip, cliptextmodel, clipvisionmodel, hubert, siglip, siglipvisionmodel, vit, wav2vec2, "
     "wavtokenizerdec"},
    {"its activation xIELU has learned numbers in each layer", "apertus"}};

/// A name in small letters and digits alone, because Hugging Face and llama.cpp put different marks
/// between them. Of a class's name ("BertForMaskedLM", "BertModel") only what names the family.
std::string spelled_alike(std::string_view name) {
  for (const char* end : {"For", "LMHeadModel", "Model"}) name = name.substr(0, name.find(end));
  std::string result;
  for (const char c : name) {
    const int code = static_cast<unsigned char>(c);
    if (std::isalnum(code) != 0) result += static_cast<char>(std::tolower(code));
  }
  return result;
}

}  // namespace

std::string_view reason_to_refuse(std::string_view name) {
  const std::string wanted = spelled_alike(name);
  for (const RefusedFamilies& families : refused) {
    if (std::ranges::count(family_names(families.names), wanted) != 0) return families.reason;
  }
  return {};
}

std::string refusal_of_family(std::string_view reason) {
  return " is not supported" + (reason.empty() ? "" : ": " + std::string(reason)) +
         "; ringlet-convert --families lists what is";
}

}  // namespace ringlet::convert
