// Tools and system messages for models whose chat template has no place for them.
#pragma once

#include "serve/protocol/requests.hpp"

namespace ringlet::serve {

/// Turns calls and their results into texts of assistant and user, in the words of Hermes' format
/// (CallSyntax::tagged).
void write_calls_as_text(ChatRequest& request);

/// Describes the tools in the system message, in the same format. Afterwards the request has none.
void write_tools_as_text(ChatRequest& request);

/// Puts the system message before the first message of the user.
void write_system_as_text(ChatRequest& request);

}  // namespace ringlet::serve
