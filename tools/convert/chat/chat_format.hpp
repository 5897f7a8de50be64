// From a chat template to the model file's chat format: what stands before and after each message.
#pragma once

#include <string>

#include "source_model.hpp"

namespace ringlet::convert {

/// Renders conversations whose messages are probes, and takes what stands between the probes. That
/// is the format of any template that puts something before and after the messages of each role and
/// does not look at them. Throws std::runtime_error with the reason when the template is not of
/// that kind, or in a language that is not understood. `name` is for information.
SourceChat chat_format_of(const SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
