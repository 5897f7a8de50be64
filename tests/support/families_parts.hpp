// The part that the families of families.hpp share.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "support/families.hpp"

namespace ringlet::test {

using Made = MadeFamily;
inline constexpr std::size_t vocabulary = family_vocabulary, dim = FamilySizes::dim,
                             hidden = FamilySizes::hidden, layers = FamilySizes::layers,
                             heads = FamilySizes::heads, kv_heads = FamilySizes::kv_heads,
                             head_dim = FamilySizes::head_dim;

/// Of the rotary pairs, in radians per position.
std::vector<double> frequencies(double theta, std::size_t rotary_dim);

/// A frequency of base 500,000 after the scaling of yarn_settings(). `original`: the context that
/// it stretches.
double yarn_frequency(double frequency, std::size_t pair, double original = 32);
nlohmann::json yarn_settings(int original = 32);

/// The settings that most families share.
void start(Made& made, const char* model_type);

/// The name of a part of a layer.
std::string in_layer(std::size_t index, const char* part);

/// Attention and feed-forward as in Llama, without norms.
reference::Layer llama_matrices(FolderMaker& maker, std::size_t i);
void add_qkv_biases(FolderMaker& maker, std::size_t i, reference::Layer& layer);
void add_llama_norms(FolderMaker& maker, std::size_t i, reference::Layer& layer);

/// Embedding, last norm and head.
void add_ends(Made& made, bool tied);

/// A model like Llama; `finish` changes each layer after its number.
template <typename Finish>
Made llama_like(const char* model_type, bool tied, Finish finish) {
  Made made;
  start(made, model_type);
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = llama_matrices(made.maker, i);
    add_llama_norms(made.maker, i, layer);
    finish(made, i, layer);
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, tied);
  return made;
}

}  // namespace ringlet::test
