// What models write where they call functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "serve/protocol/replies.hpp"

namespace ringlet::serve {

/// How a model writes calls.
enum class CallSyntax : std::uint8_t {
  tagged,    // <tool_call>{"name": …, "arguments": {…}}</tool_call> (Hermes, Qwen, SmolLM)
  elements,  // <tool_call><function=…><parameter=…>…</parameter></function></tool_call> (Qwen
             // Coder)
  bracket,  // [TOOL_CALLS][{"name": …, "arguments": {…}}], or [TOOL_CALLS]…[ARGS]{…} (Mistral)
  granite,  // <|tool_call|>[{"name": …, "arguments": {…}}] (Granite 3)
  gemma,    // <|tool_call>call:…{key:<|"|>text<|"|>}<tool_call|> (Gemma 4)
  python,   // <|tool_call_start|>[name(key="text")]<|tool_call_end|> (LFM2)
  plain,    // {"name": …, "parameters": {…}} as the whole answer (Llama 3)
};

/// What stands around calls.
struct CallMarks {
  /// The texts that begin a call; none for plain ones.
  std::span<const std::string_view> openings = {};
  /// Empty: a call ends where another begins, or with the answer.
  std::string_view closing = {};
  /// Other control tokens within calls, which the answer shows as text.
  std::span<const std::string_view> inner = {};
  /// Calls in JSON stand in a list.
  bool in_list = false;
  /// A call begins on a line of its own.
  bool on_line = false;

  /// The text that a prompt writes; empty for plain calls.
  [[nodiscard]] std::string_view opening() const {
    return openings.empty() ? std::string_view() : openings.front();
  }
};

[[nodiscard]] CallMarks marks_of(CallSyntax syntax);

/// The functions of a request.
class Functions {
 public:
  /// `tools`: a list of {"type": "function", "function": {…}}, or null.
  explicit Functions(Json tools) : tools_(std::move(tools)) {}

  [[nodiscard]] bool empty() const { return tools_.empty(); }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The function's parameters by name, as JSON Schema; null if it has none.
  [[nodiscard]] const Json* parameters(std::string_view name) const;
  /// What the function's schema says about a parameter; null if it does not have it.
  [[nodiscard]] const Json* parameter(std::string_view name, std::string_view parameter) const;

 private:
  [[nodiscard]] const Json* find(std::string_view name) const;

  Json tools_;
};

/// The text without blanks around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// JSON's word for True, False and None; any other word itself.
[[nodiscard]] std::string_view json_word(std::string_view word);

/// Reads a call, or a list of calls, in JSON. Nothing if the text is something else, or calls a
/// function that the request does not have.
[[nodiscard]] std::optional<std::vector<ToolCall>> read_json_calls(std::string_view text,
                                                                   const Functions& functions);

/// Reads `<function=NAME>`, the parameters and `</function>`. Values are texts, or what the
/// function's schema says.
[[nodiscard]] std::optional<std::vector<ToolCall>> read_element_calls(std::string_view text,
                                                                      const Functions& functions);

/// Reads `NAME[ARGS]{…}`. Some models write `[CALL_ID]` and an id before `[ARGS]`.
[[nodiscard]] std::optional<std::vector<ToolCall>> read_named_call(std::string_view text,
                                                                   const Functions& functions);

}  // namespace ringlet::serve
