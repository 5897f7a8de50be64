// How models write calls of functions, and what stands around them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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
  /// The texts that begin a call; none for plain ones. The first is the model's own, the others are
  /// those that it writes at times.
  std::span<const std::string_view> openings = {};
  /// Those that end one; none, or others, can also stand there.
  std::span<const std::string_view> closings = {};
  /// Other control tokens within calls, which the answer shows as text.
  std::span<const std::string_view> inner = {};
  /// What begins a call without a mark before it, and is a part of it.
  std::string_view beginning = {};
  /// A call ends with a mark in prompts.
  bool is_closed = true;
  /// Calls in JSON stand in a list.
  bool in_list = false;
  /// A call begins on a line of its own.
  bool on_line = false;

  /// The texts that a prompt writes, which can be empty.
  [[nodiscard]] std::string_view opening() const {
    return openings.empty() ? std::string_view() : openings.front();
  }
  [[nodiscard]] std::string_view closing() const {
    return is_closed && !closings.empty() ? closings.front() : std::string_view();
  }
};

[[nodiscard]] CallMarks marks_of(CallSyntax syntax);

/// Whether a mark is a control token, which no answer shows, and not a text in angle brackets.
[[nodiscard]] bool is_control(std::string_view mark);

/// The text without the control tokens among the marks.
[[nodiscard]] std::string without_marks(std::string_view text, const CallMarks& marks);

inline constexpr std::string_view blanks = " \t\r\n";

/// The text without blanks around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace ringlet::serve
