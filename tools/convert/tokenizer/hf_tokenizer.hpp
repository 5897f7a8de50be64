// Hugging Face tokenizers: tokenizer.json, or vocab.json with merges.txt, and the files next to
// them.
#pragma once

#include <filesystem>

#include "source/json_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Reads a tokenizer.json of type BPE or Unigram. All functions here throw std::runtime_error with
/// the field at fault, or with the feature that the runtime does not support.
SourceTokenizer import_tokenizer_json(const std::filesystem::path& path);

/// Reads a tokenizer.json in memory.
SourceTokenizer read_tokenizer_json(const JsonField& root);

/// Reads a byte-level BPE vocabulary and its merges. The tokenizer class in tokenizer_config.json
/// next to it determines how words are split; without it, they are split like GPT-2's.
SourceTokenizer import_vocab_json(const std::filesystem::path& vocab,
                                  const std::filesystem::path& merges);

/// Adds the information of tokenizer_config.json, config.json, generation_config.json and the files
/// of chat templates in the same folder, if present: added tokens, beginning and end of text, the
/// chat templates.
void read_configs_beside(const std::filesystem::path& folder, SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
