// The fields of a chat about functions.
#pragma once

#include <string_view>

#include "serve/protocol/requests.hpp"

namespace ringlet::serve {

/// Whether a function can have this name: 1 to 64 letters, digits, '_', '-' or '.'.
[[nodiscard]] bool is_function_name(std::string_view name);

/// Reads `tools`, `tool_choice` and `parallel_tool_calls`. Throws ApiError that names the field.
void read_tools(const Fields& body, ChatRequest& request);

}  // namespace ringlet::serve
