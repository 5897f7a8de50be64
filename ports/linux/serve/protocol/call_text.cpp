#include "serve/protocol/call_text.hpp"

#include <array>

namespace ringlet::serve {
namespace {

constexpr std::array<std::string_view, 1> tag_openings = {"<tool_call>"};
constexpr std::array<std::string_view, 1> tag_closings = {"</tool_call>"};
constexpr std::array<std::string_view, 1> bracket_openings = {"[TOOL_CALLS]"};
constexpr std::array<std::string_view, 2> bracket_marks = {"[ARGS]", "[CALL_ID]"};
constexpr std::array<std::string_view, 2> granite_openings = {"<|tool_call|>", "<tool_call>"};
constexpr std::array<std::string_view, 2> gemma_openings = {"<|tool_call>", "<tool_call>"};
constexpr std::array<std::string_view, 2> gemma_closings = {"<tool_call|>", "</tool_call>"};
constexpr std::array<std::string_view, 1> gemma_marks = {R"(<|"|>)"};
constexpr std::array<std::string_view, 2> python_openings = {"<|tool_call_start|>", "<tool_call>"};
constexpr std::array<std::string_view, 2> python_closings = {"<|tool_call_end|>", "</tool_call>"};

std::string without(std::string_view text, std::string_view mark) {
  std::string result;
  for (std::size_t at = 0; (at = text.find(mark)) != std::string_view::npos;) {
    result += text.substr(0, at);
    text.remove_prefix(at + mark.size());
  }
  return result += text;
}

}  // namespace

CallMarks marks_of(CallSyntax syntax) {
  switch (syntax) {
    case CallSyntax::tagged:
      return {.openings = tag_openings, .closings = tag_closings, .on_line = true};
    case CallSyntax::elements:  // Qwen Coder leaves the tag out at times
      return {.openings = tag_openings,
              .closings = tag_closings,
              .beginning = "<function=",
              .on_line = true};
    case CallSyntax::bracket:
      return {.openings = bracket_openings, .inner = bracket_marks, .in_list = true};
    case CallSyntax::granite:
      return {.openings = granite_openings,
              .closings = tag_closings,
              .is_closed = false,
              .in_list = true};
    case CallSyntax::gemma:
      return {.openings = gemma_openings, .closings = gemma_closings, .inner = gemma_marks};
    case CallSyntax::python:
      return {.openings = python_openings, .closings = python_closings, .in_list = true};
    case CallSyntax::plain:
      break;
  }
  return {};
}

bool is_control(std::string_view mark) {
  return mark != tag_openings.front() && mark != tag_closings.front();
}

std::string without_marks(std::string_view text, const CallMarks& marks) {
  std::string result(text);
  for (const auto& group : {marks.openings, marks.closings, marks.inner}) {
    for (const std::string_view mark : group) {
      if (is_control(mark)) result = without(result, mark);
    }
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace ringlet::serve
