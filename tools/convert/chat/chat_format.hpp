// From a chat template to the model file's chat format: what stands before and after each message.
#pragma once

#include <string>

#include "source_model.hpp"

namespace ringlet::convert {

struct FoundChat {
  SourceChat chat;
  std::string note =
      {};  // what the format does not do as the template; empty where there is nothing
};

/// Renders conversations whose messages are probes, and takes what stands between the probes. Then
/// compares what the format makes of other conversations, of one to five turns, with and without a
/// system message, with what the template makes of them. Throws std::runtime_error with the reason
/// when a format cannot say what the template does, or when the template is in a language that is
/// not understood. `name` is for information.
FoundChat chat_format_of(const SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
