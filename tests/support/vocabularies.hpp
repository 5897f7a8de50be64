// Small vocabularies of every kind that the runtime has, as models.
#pragma once

#include <string>
#include <vector>

#include "source/source_model.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {

struct NamedTokenizer {
  std::string name;
  convert::SourceTokenizer tokenizer;
};

/// SentencePiece's byte pairs with byte fallback, byte-level byte pairs with and without tokens for
/// all bytes, normal forms, steps of a pre-tokenizer, added tokens that swallow spaces, unigram.
std::vector<NamedTokenizer> small_tokenizers();

/// A tokenizer.json of byte pairs with five pieces.
std::string smallest_tokenizer_json();

/// The file of a small model with this vocabulary and with a chat format.
AlignedBytes write_with_tokenizer(convert::SourceTokenizer tokenizer,
                                  const convert::WriteOptions& options);

}  // namespace ringlet::test
