// Every family that can be converted, as a small Hugging Face folder of random weights and as what
// these mean: each make_… is the family's published definition in terms of the reference; the names
// of tensors and the config are those of its published checkpoints.
#pragma once

#include <nlohmann/json.hpp>

#include "reference/transformer.hpp"
#include "support/folder_maker.hpp"

namespace ringlet::test {

inline constexpr std::size_t family_vocabulary = 40;

/// Sizes of all of them, but that GPT-2's width is heads · head_dim.
struct FamilySizes {
  static constexpr std::size_t dim = 48, hidden = 72, layers = 4, heads = 4, kv_heads = 2,
                               head_dim = 16;
};

/// A family's folder and what it means.
struct MadeFamily {
  FolderMaker maker{17};
  nlohmann::json config;
  reference::Weights weights;
};

MadeFamily make_llama();  // 3.1, with every bias
MadeFamily make_mistral();
MadeFamily make_qwen2();
MadeFamily make_qwen3();
MadeFamily make_smollm3();
MadeFamily make_stablelm();
MadeFamily make_gemma();
MadeFamily make_gemma2();
MadeFamily make_gemma3();
/// `is_long`: the reference has the factors of contexts beyond the original one.
MadeFamily make_phi3(bool is_long);
/// `nano`: as nanoGPT stores it.
MadeFamily make_gpt2(bool nano);

}  // namespace ringlet::test
