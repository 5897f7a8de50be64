// Builds the trie of a vocabulary, for models whose file has none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ringlet/model.hpp"

namespace ringlet::port {

/// The trie of a model's tokens, for TokenTrie::open, in the layout that a model file has too.
/// Takes a tenth of a second for 150,000 tokens. Throws Failure if the model has no tokenizer.
std::vector<std::uint32_t> build_token_trie(const Model& model);

/// The same of any vocabulary. `bytes_of` returns the bytes of a token, or nothing if it does not
/// stand for text.
std::vector<std::uint32_t> build_token_trie(
    std::uint32_t vocab_size, const std::function<std::string(std::uint32_t)>& bytes_of);

}  // namespace ringlet::port
