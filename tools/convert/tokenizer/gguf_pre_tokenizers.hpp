// The names of pre-tokenizers in GGUF files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/pre_tokenizer.hpp"
#include "text/word_steps.hpp"

namespace ringlet::convert {

struct GgufPreTokenizer {
  std::string_view name;
  PreTokenizer kind = PreTokenizer::none;
  bool whole_words = false;
  bool add_bos = false;                        // unless the file says otherwise
  bool normalizes = false;                     // to NFC, which the file does not say
  std::vector<WordStep> (*steps)() = nullptr;  // of PreTokenizer::steps
};

/// Returns the entry of llama.cpp's table (llama-vocab.cpp) for `tokenizer.ggml.pre`. Supports the
/// names whose regular expressions the runtime implements. Throws std::runtime_error, beginning
/// with `file`, for any other name.
const GgufPreTokenizer& gguf_pre_tokenizer(std::string_view name, const std::string& file);

}  // namespace ringlet::convert
