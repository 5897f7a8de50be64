// Derives the model file's chat format from a chat template: the text before and after each
// message.
#pragma once

#include <string>

#include "source/source_model.hpp"

namespace ringlet::convert {

struct FoundChat {
  SourceChat chat;
  // Differences between the format and the template; empty if there are none.
  std::string note = {};
};

/// Renders conversations whose messages are probes, and extracts the text between the probes. Then
/// compares the output of the format with that of the template for other conversations, of one to
/// five turns, with and without a system message. Throws std::runtime_error with the reason if a
/// format cannot express the template, or if the template is in an unknown language. `name` is
/// informational.
FoundChat chat_format_of(const SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
