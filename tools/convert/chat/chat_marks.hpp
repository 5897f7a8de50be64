// Checks whether the marks of a chat format are tokens of the vocabulary.
#pragma once

#include <string>
#include <vector>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Returns the marks in the texts of a chat format ("<|im_start|>", "</s>", "[INST]") that are
/// neither a control or user-defined piece nor part of one: the model would read them spelled out.
/// Some models were trained that way (Llama 2's "[INST]"); for others it means that the tokenizer
/// does not belong to them. In order, without duplicates.
std::vector<std::string> spelled_marks(const SourceChat& chat, const SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
