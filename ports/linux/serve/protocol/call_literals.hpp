// Calls whose arguments are not JSON: those of Gemma 4 and of LFM2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/call_text.hpp"

namespace ringlet::serve {

/// Reads `call:NAME{key:<|"|>text<|"|>,other:12}`. Nothing if the text is something else, or calls
/// a function that the request does not have.
[[nodiscard]] std::optional<std::vector<ToolCall>> read_gemma_call(std::string_view text,
                                                                   const Functions& functions);

/// Reads `[NAME(key="text", other=12), NAME()]`, or one such call without the brackets. Arguments
/// without a key are the function's parameters in their order.
[[nodiscard]] std::optional<std::vector<ToolCall>> read_python_calls(std::string_view text,
                                                                     const Functions& functions);

/// Writes a call as Python: `NAME(key="text", other=True)`. `arguments`: an object.
[[nodiscard]] std::string python_call(std::string_view name, const Json& arguments);

}  // namespace ringlet::serve
