// Tools for models whose chat template has no place for them.
#pragma once

#include "serve/protocol/requests.hpp"

namespace ringlet::serve {

/// Describes the tools in the system message, in the words of Hermes' format (CallSyntax::tagged),
/// and turns calls and their results into texts of assistant and user. Afterwards the request has
/// no tools. `has_system`: the template has a place for a system message; otherwise the first
/// message of the user begins with it.
void write_tools_as_text(ChatRequest& request, bool has_system);

}  // namespace ringlet::serve
