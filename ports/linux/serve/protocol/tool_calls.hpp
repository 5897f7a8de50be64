// The calls of functions in the text of an answer, in the ways in which models write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/replies.hpp"

namespace ringlet::serve {

/// How a model writes calls.
enum class CallSyntax : std::uint8_t {
  tagged,   // <tool_call>{"name": …, "arguments": {…}}</tool_call> (Hermes, Qwen, SmolLM)
  bracket,  // [TOOL_CALLS][{"name": …, "arguments": {…}}] (Mistral)
  plain,    // {"name": …, "parameters": {…}} as the whole answer (Llama 3)
};

/// The text that begins a call; empty for plain ones.
[[nodiscard]] std::string_view opening_of(CallSyntax syntax);

/// Divides the text of an answer as it comes: what is said before a call, and the calls.
class CallReader {
 public:
  /// `names`: the functions of the request. A call of another one is text. `begun`: the prompt has
  /// written the opening already.
  CallReader(CallSyntax syntax, std::vector<std::string> names, bool begun = false);

  /// The text that is certainly no call.
  [[nodiscard]] std::string next(std::string_view text);

  struct End {
    std::string content = {};          // what turned out not to be a call
    std::vector<ToolCall> calls = {};  // without ids
  };
  /// What was held back, at the end of the answer.
  [[nodiscard]] End finish();

 private:
  [[nodiscard]] std::optional<ToolCall> read(const Json& value) const;
  [[nodiscard]] bool read_all(std::string_view text, std::vector<ToolCall>& calls) const;

  CallSyntax syntax_;
  std::vector<std::string> names_;
  std::string held_;
  bool in_call_;
  bool has_text_ = false;
};

/// A schema for an answer that calls one of the tools, or the named one.
[[nodiscard]] std::string call_schema(const Json& tools, std::string_view name, CallSyntax syntax);

}  // namespace ringlet::serve
