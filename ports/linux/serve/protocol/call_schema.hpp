// The form of an answer that must call a function.
#pragma once

#include <string>
#include <string_view>

#include "serve/protocol/call_text.hpp"
#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {

/// A schema for an answer that calls one of the tools, or the named one. Such an answer is JSON in
/// every syntax.
[[nodiscard]] std::string call_schema(const Json& tools, std::string_view name, CallSyntax syntax);

}  // namespace ringlet::serve
