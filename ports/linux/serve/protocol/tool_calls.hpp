// The calls of functions in the text of an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/call_text.hpp"

namespace ringlet::serve {

/// Divides the text of an answer as it comes: what is said before a call, and the calls.
class CallReader {
 public:
  /// A call of none of the `functions` is text. `begun`: the prompt has written the opening.
  CallReader(CallSyntax syntax, Functions functions, bool begun = false);

  /// The text that is certainly no call.
  [[nodiscard]] std::string next(std::string_view text);

  struct End {
    std::string content = {};          // what turned out not to be a call
    std::vector<ToolCall> calls = {};  // without ids
  };
  /// What was held back, at the end of the answer.
  [[nodiscard]] End finish();

 private:
  [[nodiscard]] std::optional<std::vector<ToolCall>> read(std::string_view text) const;
  [[nodiscard]] bool take_calls(std::string_view& rest, std::vector<ToolCall>& calls) const;

  CallSyntax syntax_;
  Functions functions_;
  std::string held_;
  bool in_call_;
  bool has_text_ = false;
};

/// A schema for an answer that calls one of the tools, or the named one. Such an answer is JSON in
/// every syntax.
[[nodiscard]] std::string call_schema(const Json& tools, std::string_view name, CallSyntax syntax);

}  // namespace ringlet::serve
