#include "serve/protocol/tool_calls.hpp"

#include <algorithm>

namespace ringlet::serve {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view closing = "</tool_call>";

/// How many bytes at the end of the text can become `mark`.
std::size_t half_mark(std::string_view text, std::string_view mark) {
  for (std::size_t size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
    if (text.ends_with(mark.substr(0, size))) return size;
  }
  return 0;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace

std::string_view opening_of(CallSyntax syntax) {
  switch (syntax) {
    case CallSyntax::tagged:
      return "<tool_call>";
    case CallSyntax::bracket:
      return "[TOOL_CALLS]";
    case CallSyntax::plain:
      break;
  }
  return {};
}

CallReader::CallReader(CallSyntax syntax, std::vector<std::string> names, bool begun)
    : syntax_(syntax), names_(std::move(names)), in_call_(begun) {}

std::string CallReader::next(std::string_view text) {
  held_ += text;
  if (in_call_) return {};
  std::size_t certain = held_.size();
  if (syntax_ == CallSyntax::plain) {
    const std::size_t first = held_.find_first_not_of(blanks);
    in_call_ = !has_text_ && first != std::string::npos && held_[first] == '{';
    if (in_call_ || (!has_text_ && first == std::string::npos)) certain = 0;
  } else {
    const std::string_view mark = opening_of(syntax_);
    const std::size_t at = held_.find(mark);
    in_call_ = at != std::string::npos;
    certain = in_call_ ? at : held_.size() - half_mark(held_, mark);
  }
  std::string shown = held_.substr(0, certain);
  has_text_ = has_text_ || !shown.empty();
  held_.erase(0, certain);
  return shown;
}

std::optional<ToolCall> CallReader::read(const Json& value) const {
  if (!value.is_object()) return std::nullopt;
  const auto name = value.find("name");
  if (name == value.end() || !name->is_string()) return std::nullopt;
  ToolCall call;
  call.name = name->get<std::string>();
  if (std::find(names_.begin(), names_.end(), call.name) == names_.end()) return std::nullopt;
  for (const char* key : {"arguments", "parameters"}) {
    const auto arguments = value.find(key);
    if (arguments == value.end()) continue;
    // Some models write JSON in a string, as the protocol has it.
    call.arguments = arguments->is_string() ? arguments->get<std::string>() : dump(*arguments);
    return call;
  }
  call.arguments = "{}";
  return call;
}

/// Reads one call, or a list of calls.
bool CallReader::read_all(std::string_view text, std::vector<ToolCall>& calls) const {
  const std::optional<Json> parsed = parse_text(text);
  if (!parsed) return false;
  const Json list = parsed->is_array() ? *parsed : Json::array({*parsed});
  for (const Json& value : list) {
    const std::optional<ToolCall> call = read(value);
    if (!call) return false;
    calls.push_back(*call);
  }
  return !list.empty();
}

CallReader::End CallReader::finish() {
  End end;
  const std::string_view mark = opening_of(syntax_);
  std::string_view rest = held_;
  bool whole = in_call_;
  while (whole && !trimmed(rest).empty()) {
    rest = trimmed(rest);
    const bool marked = !mark.empty() && rest.starts_with(mark);
    if (syntax_ == CallSyntax::tagged && !marked && !end.calls.empty()) {
      end.content += rest;  // said behind a call
      break;
    }
    if (marked) rest.remove_prefix(mark.size());
    std::size_t size = rest.size();
    if (syntax_ == CallSyntax::tagged) size = std::min(rest.find(closing), size);
    whole = read_all(trimmed(rest.substr(0, size)), end.calls);
    rest.remove_prefix(size);
    if (rest.starts_with(closing)) rest.remove_prefix(closing.size());
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
  if (syntax != CallSyntax::bracket) return dump(call);
  Json list = {{"type", "array"}, {"minItems", 1}, {"maxItems", 1}};
  list["items"] = std::move(call);
  return dump(list);
}

}  // namespace ringlet::serve
