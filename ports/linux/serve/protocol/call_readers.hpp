// One call of a function in each way that models write it, at the beginning of a text.
#pragma once

#include <optional>

#include "serve/protocol/call_literals.hpp"
#include "serve/protocol/functions.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {

// Each returns nothing if the text cannot be read. A call without a name is a text that can be read
// and calls nothing, for example because its arguments are no object. The name can be one that the
// request does not offer.

/// `{"name": …, "arguments": {…}}`, with "parameters" in place of "arguments", or the object within
/// `{"type": "function", "function": …}`. Arguments can be JSON in a text. Null, and an empty text,
/// are none. An object with neither member, but with unknown ones ("args"), calls nothing.
[[nodiscard]] std::optional<ToolCall> read_json_call(LiteralReader& reader,
                                                     const Functions& functions);

/// `NAME[ARGS]{…}`. Some models write `[CALL_ID]` and an id before `[ARGS]`, others no `[ARGS]`.
[[nodiscard]] std::optional<ToolCall> read_named_call(LiteralReader& reader,
                                                      const Functions& functions);

/// `<function=NAME>`, the parameters and `</function>`, which can be left out before
/// `</tool_call>`. Values are texts, or what the function's schema says. A value can quote calls.
[[nodiscard]] std::optional<ToolCall> read_element_call(LiteralReader& reader,
                                                        const Functions& functions);

/// `call:NAME{key:<|"|>text<|"|>,other:12}`. Before the closing mark, the last brace or all
/// arguments can be left out.
[[nodiscard]] std::optional<ToolCall> read_gemma_call(LiteralReader& reader,
                                                      const Functions& functions);

/// `NAME(key="text", other=12)`. Arguments without a key are the function's parameters in their
/// order, and come first.
[[nodiscard]] std::optional<ToolCall> read_python_call(LiteralReader& reader,
                                                       const Functions& functions);

/// Writes a call as Python: `NAME(key="text", other=True)`. `arguments`: an object.
[[nodiscard]] std::string python_call(std::string_view name, const Json& arguments);

}  // namespace ringlet::serve
