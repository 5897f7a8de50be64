#include "serve/protocol/tool_calls.hpp"

#include <algorithm>
#include <utility>

#include "serve/protocol/call_literals.hpp"

namespace ringlet::serve {
namespace {

constexpr int most_marks_within = 16;

/// How many bytes at the end of the text can become `mark`.
std::size_t half_mark(std::string_view text, std::string_view mark) {
  for (std::size_t size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
    if (text.ends_with(mark.substr(0, size))) return size;
  }
  return 0;
}

/// Where the text can begin a call, or has begun one.
struct Beginning {
  std::size_t at = 0;
  bool is_whole = false;
};

Beginning find_beginning(std::string_view text, CallSyntax syntax) {
  Beginning first{.at = text.size()};
  for (const std::string_view mark : marks_of(syntax).openings) {
    const std::size_t at = text.find(mark);
    if (at < first.at) first = {.at = at, .is_whole = true};
    if (!first.is_whole) first.at = std::min(first.at, text.size() - half_mark(text, mark));
  }
  return first;
}

}  // namespace

CallReader::CallReader(CallSyntax syntax, Functions functions, bool begun)
    : syntax_(syntax), functions_(std::move(functions)), in_call_(begun) {}

std::string CallReader::next(std::string_view text) {
  held_ += text;
  if (in_call_) return {};
  std::size_t certain = held_.size();
  if (syntax_ == CallSyntax::plain) {
    const std::string_view said = trimmed(held_);
    in_call_ = !has_text_ && said.starts_with('{');
    if (in_call_ || (!has_text_ && said.empty())) certain = 0;
  } else {
    const Beginning call = find_beginning(held_, syntax_);
    in_call_ = call.is_whole;
    certain = call.at;
  }
  std::string shown = held_.substr(0, certain);
  has_text_ = has_text_ || !shown.empty();
  held_.erase(0, certain);
  return shown;
}

/// Reads what stands between two marks.
std::optional<std::vector<ToolCall>> CallReader::read(std::string_view text) const {
  if (auto calls = read_json_calls(text, functions_)) return calls;
  if (syntax_ == CallSyntax::elements) return read_element_calls(text, functions_);
  if (syntax_ == CallSyntax::bracket) return read_named_call(text, functions_);
  if (syntax_ == CallSyntax::gemma) return read_gemma_call(text, functions_);
  if (syntax_ == CallSyntax::python) return read_python_calls(text, functions_);
  return std::nullopt;
}

/// Takes the text up to the end of a call, or of a list of calls. False if it is something else.
bool CallReader::take_calls(std::string_view& rest, std::vector<ToolCall>& calls) const {
  const CallMarks marks = marks_of(syntax_);
  const std::string_view opening = marks.opening();
  if (rest.starts_with(opening)) rest.remove_prefix(opening.size());
  const std::string_view closing = marks.closing;
  const std::string_view mark = closing.empty() ? opening : closing;
  // A text within the arguments can hold the mark too.
  std::size_t end = 0;
  for (int tries = 0; tries < most_marks_within; ++tries, end += mark.size()) {
    end = mark.empty() ? rest.size() : std::min(rest.find(mark, end), rest.size());
    if (const auto read_calls = read(trimmed(rest.substr(0, end)))) {
      calls.insert(calls.end(), read_calls->begin(), read_calls->end());
      rest.remove_prefix(end);
      if (rest.starts_with(closing)) rest.remove_prefix(closing.size());
      return true;
    }
    if (end == rest.size()) return false;
  }
  return false;
}

CallReader::End CallReader::finish() {
  End end;
  std::string_view rest = trimmed(held_);
  bool whole = in_call_;
  while (whole && !rest.empty()) {
    const bool ends = !marks_of(syntax_).closing.empty();
    if (ends && !end.calls.empty() && find_beginning(rest, syntax_).at > 0) {
      end.content += rest;  // said behind a call
      break;
    }
    whole = take_calls(rest, end.calls);
    rest = trimmed(rest);
  }
  if (!whole || end.calls.empty()) end = {.content = held_, .calls = {}};
  held_.clear();
  return end;
}

std::string call_schema(const Json& tools, std::string_view name, CallSyntax syntax) {
  const char* key = syntax == CallSyntax::plain ? "parameters" : "arguments";
  Json calls = Json::array();
  for (const Json& tool : tools) {
    const Json& function = tool["function"];
    if (!name.empty() && function["name"] != name) continue;
    const auto given = function.find("parameters");
    const bool none = given == function.end() || given->is_null() || given->empty();
    Json properties = Json::object();
    properties["name"]["const"] = function["name"];
    if (none) {
      properties[key] = {{"type", "object"}, {"additionalProperties", false}};
    } else {
      properties[key] = *given;
    }
    Json call = {{"type", "object"}, {"additionalProperties", false}};
    call["properties"] = std::move(properties);
    call["required"] = Json::array({"name", key});
    calls.push_back(std::move(call));
  }
  Json call = calls.size() == 1 ? calls.front() : Json::object();
  if (calls.size() != 1) call["anyOf"] = std::move(calls);
  if (!marks_of(syntax).in_list) return dump(call);
  Json list = {{"type", "array"}, {"minItems", 1}, {"maxItems", 1}};
  list["items"] = std::move(call);
  return dump(list);
}

}  // namespace ringlet::serve
