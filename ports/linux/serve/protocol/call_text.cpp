#include "serve/protocol/call_text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ringlet::serve {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view tag_closing = "</tool_call>";
constexpr std::array<std::string_view, 1> tagged_openings = {"<tool_call>"};
// Qwen Coder leaves the tag out at times.
constexpr std::array<std::string_view, 2> element_openings = {"<tool_call>", "<function="};
constexpr std::array<std::string_view, 1> bracket_openings = {"[TOOL_CALLS]"};
constexpr std::array<std::string_view, 2> bracket_marks = {"[ARGS]", "[CALL_ID]"};
constexpr std::array<std::string_view, 1> granite_openings = {"<|tool_call|>"};
constexpr std::array<std::string_view, 1> gemma_openings = {"<|tool_call>"};
constexpr std::array<std::string_view, 1> gemma_marks = {R"(<|"|>)"};
constexpr std::array<std::string_view, 1> python_openings = {"<|tool_call_start|>"};

/// Takes what stands before `mark`, and the mark, from the text. Nothing if there is no mark.
std::optional<std::string_view> take_before(std::string_view& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return taken;
}

/// The value without the one line break that templates write on each side.
std::string_view without_breaks(std::string_view value) {
  if (value.starts_with('\n')) value.remove_prefix(1);
  if (value.ends_with('\n')) value.remove_suffix(1);
  return value;
}

/// The names of the types that a schema allows; "any" if it does not say.
void add_types(const Json& schema, std::vector<std::string>& types) {
  for (const char* key : {"anyOf", "oneOf"}) {
    const auto choices = schema.find(key);
    if (choices == schema.end() || !choices->is_array()) continue;
    for (const Json& choice : *choices) add_types(choice, types);
    return;
  }
  const auto type = schema.find("type");
  const auto values = schema.find("enum");
  if (type != schema.end()) {
    const Json names = type->is_array() ? *type : Json::array({*type});
    for (const Json& name : names)
      types.push_back(name.is_string() ? name.get<std::string>() : "any");
  } else if (values != schema.end()) {
    for (const Json& value : *values) types.emplace_back(value.type_name());
  } else {
    types.emplace_back("any");
  }
}

bool has_type(const std::vector<std::string>& types, const char* name) {
  return std::find(types.begin(), types.end(), name) != types.end();
}

/// Whether a value that is no text has one of the types.
bool is_of(const Json& value, const std::vector<std::string>& types) {
  if (has_type(types, "any")) return true;
  if (value.is_number()) return has_type(types, "number") || has_type(types, "integer");
  return !value.is_string() && has_type(types, value.type_name());
}

/// What a text stands for, by the schema of its parameter.
Json value_of(std::string_view text, const Json* schema) {
  std::vector<std::string> types;
  if (schema != nullptr) add_types(*schema, types);
  if (types.empty()) return std::string(text);
  std::optional<Json> parsed = parse_text(json_word(trimmed(text)));  // some models write Python
  // "12" stays a text where the schema has texts and no numbers.
  const bool is_text = !parsed || (has_type(types, "string") && !is_of(*parsed, types));
  return is_text ? Json(std::string(text)) : std::move(*parsed);
}

std::optional<ToolCall> json_call(const Json& value, const Functions& functions) {
  if (!value.is_object()) return std::nullopt;
  const auto name = value.find("name");
  if (name == value.end() || !name->is_string()) return std::nullopt;
  ToolCall call;
  call.name = name->get<std::string>();
  if (!functions.has(call.name)) return std::nullopt;
  call.arguments = "{}";
  for (const char* key : {"arguments", "parameters"}) {
    const auto arguments = value.find(key);
    if (arguments == value.end()) continue;
    if (arguments->is_null() || *arguments == "") break;  // none
    // Some models write JSON in a string, as the protocol has it.
    call.arguments = arguments->is_string() ? arguments->get<std::string>() : dump(*arguments);
    break;
  }
  return call;
}

/// Takes one `<parameter=…>` from the body of a function. False at its end, or at what is none.
bool take_parameter(std::string_view& body, const ToolCall& call, const Functions& functions,
                    Json& arguments) {
  constexpr std::string_view opening = "<parameter=";
  body = trimmed(body);
  if (!body.starts_with(opening)) return false;
  body.remove_prefix(opening.size());
  const auto key = take_before(body, ">");
  if (!key) return false;
  // A model can forget to close a parameter before the next one.
  const std::size_t end = std::min(body.find("</parameter>"), body.find("\n<parameter="));
  const std::string_view value = body.substr(0, end);
  body.remove_prefix(value.size());
  if (body.starts_with("</parameter>")) take_before(body, ">");
  arguments[std::string(trimmed(*key))] =
      value_of(without_breaks(value), functions.parameter(call.name, trimmed(*key)));
  return true;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

CallMarks marks_of(CallSyntax syntax) {
  switch (syntax) {
    case CallSyntax::tagged:
      return {.openings = tagged_openings, .closing = tag_closing, .on_line = true};
    case CallSyntax::elements:
      return {.openings = element_openings, .closing = tag_closing, .on_line = true};
    case CallSyntax::bracket:
      return {.openings = bracket_openings, .inner = bracket_marks, .in_list = true};
    case CallSyntax::granite:
      return {.openings = granite_openings, .in_list = true};
    case CallSyntax::gemma:
      return {.openings = gemma_openings, .closing = "<tool_call|>", .inner = gemma_marks};
    case CallSyntax::python:
      return {.openings = python_openings, .closing = "<|tool_call_end|>", .in_list = true};
    case CallSyntax::plain:
      break;
  }
  return {};
}

std::string_view json_word(std::string_view word) {
  if (word == "True") return "true";
  if (word == "False") return "false";
  return word == "None" ? "null" : word;
}

const Json* Functions::find(std::string_view name) const {
  for (const Json& tool : tools_) {
    const Json& function = tool["function"];
    if (function["name"] == name) return &function;
  }
  return nullptr;
}

const Json* Functions::parameters(std::string_view name) const {
  const Json* value = find(name);
  for (const char* key : {"parameters", "properties"}) {
    if (value == nullptr || !value->is_object()) return nullptr;
    const auto member = value->find(key);
    if (member == value->end()) return nullptr;
    value = &*member;
  }
  return value->is_object() ? value : nullptr;
}

const Json* Functions::parameter(std::string_view name, std::string_view parameter) const {
  const Json* all = parameters(name);
  if (all == nullptr) return nullptr;
  const auto member = all->find(std::string(parameter));
  return member == all->end() ? nullptr : &*member;
}

std::optional<std::vector<ToolCall>> read_json_calls(std::string_view text,
                                                     const Functions& functions) {
  const std::optional<Json> parsed = parse_text(text);
  if (!parsed) return std::nullopt;
  const Json list = parsed->is_array() ? *parsed : Json::array({*parsed});
  std::vector<ToolCall> calls;
  for (const Json& value : list) {
    const std::optional<ToolCall> call = json_call(value, functions);
    if (!call) return std::nullopt;
    calls.push_back(*call);
  }
  if (calls.empty()) return std::nullopt;
  return calls;
}

std::optional<std::vector<ToolCall>> read_element_calls(std::string_view text,
                                                        const Functions& functions) {
  constexpr std::string_view opening = "<function=";
  std::vector<ToolCall> calls;
  for (text = trimmed(text); text.starts_with(opening); text = trimmed(text)) {
    text.remove_prefix(opening.size());
    const auto name = take_before(text, ">");
    if (!name) return std::nullopt;
    ToolCall call;
    call.name = trimmed(*name);
    if (!functions.has(call.name)) return std::nullopt;
    auto body = take_before(text, "</function>");
    if (!body) return std::nullopt;
    Json arguments = Json::object();
    while (take_parameter(*body, call, functions, arguments)) {
    }
    if (!trimmed(*body).empty()) return std::nullopt;
    call.arguments = dump(arguments);
    calls.push_back(std::move(call));
  }
  if (calls.empty() || !text.empty()) return std::nullopt;
  return calls;
}

std::optional<std::vector<ToolCall>> read_named_call(std::string_view text,
                                                     const Functions& functions) {
  const auto head = take_before(text, "[ARGS]");
  if (!head) return std::nullopt;
  ToolCall call;
  call.name = trimmed(head->substr(0, head->find("[CALL_ID]")));
  const std::optional<Json> arguments = parse_text(text);
  if (!functions.has(call.name) || !arguments || !arguments->is_object()) return std::nullopt;
  call.arguments = dump(*arguments);
  return std::vector<ToolCall>{std::move(call)};
}

}  // namespace ringlet::serve
