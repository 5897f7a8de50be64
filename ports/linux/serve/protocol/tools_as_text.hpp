// Tools and system messages for models whose chat template has no place for them.
#pragma once

#include <string_view>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/requests.hpp"

namespace ringlet::serve {

// Templates cut messages, for example where they drop reasoning. So a message has a stand-in in
// place of its calls, and they are put into the prompt (put_written_calls).

/// Turns calls and their results into texts of assistant and user, in the words of Hermes' format
/// (CallSyntax::tagged).
void write_calls_as_text(ChatRequest& request);

/// Turns calls into texts of the assistant, in the model's own syntax, for a template that has
/// tools and leaves out the calls of earlier messages (LFM2, Granite 3).
void write_calls_in_syntax(ChatRequest& request, CallSyntax syntax);

/// Describes the tools in the system message, in the same format. Afterwards the request has none.
void write_tools_as_text(ChatRequest& request);

/// Puts the system message before the first message of the user.
void write_system_as_text(ChatRequest& request);

}  // namespace ringlet::serve
