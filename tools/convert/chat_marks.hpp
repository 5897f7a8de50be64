// Whether the marks of a chat format are tokens of the vocabulary that is to read them.
#pragma once

#include <string>
#include <vector>

#include "source_model.hpp"

namespace ringlet::convert {

/// The marks in the texts of a chat format ("<|im_start|>", "</s>", "[INST]") that are not, and are
/// not inside, one control or user-defined piece: the model would read them spelled out. Some
/// models were trained that way (Llama 2's "[INST]"); for others it means that the tokenizer is not
/// theirs. In order, each once.
std::vector<std::string> spelled_marks(const SourceChat& chat, const SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
