// Hugging Face's tokenizers: tokenizer.json, or vocab.json with merges.txt, and what the files
// beside them say.
#pragma once

#include <filesystem>

#include "json.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// Reads a tokenizer.json of type BPE or Unigram. All of these throw std::runtime_error naming the
/// field at fault, or what the runtime has nothing for.
SourceTokenizer import_tokenizer_json(const std::filesystem::path& path);

/// The same for a document in memory.
SourceTokenizer read_tokenizer_json(const JsonField& root);

/// Reads a vocabulary of byte-level BPE and its merges. How words are cut follows from the
/// tokenizer class in tokenizer_config.json beside it; without that they are GPT-2's.
SourceTokenizer import_vocab_json(const std::filesystem::path& vocab,
                                  const std::filesystem::path& merges);

/// Adds what tokenizer_config.json, config.json, generation_config.json and chat_template.jinja in
/// the same folder say: added tokens, beginning and end of text, the chat template. Files that are
/// absent say nothing.
void read_configs_beside(const std::filesystem::path& folder, SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
