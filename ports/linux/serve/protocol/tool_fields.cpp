#include "serve/protocol/tool_fields.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {
namespace {

constexpr std::size_t most_tools = 128;
constexpr std::size_t longest_name = 64;

using Kind = ToolChoice::Kind;

Json checked_tools(const Fields& body) {
  const Json* tools = body.list("tools");
  if (tools == nullptr || tools->empty()) return nullptr;
  if (tools->size() > most_tools) {
    throw invalid("tools", "tools has more than " + std::to_string(most_tools) + " functions");
  }
  for (std::size_t i = 0; i < tools->size(); ++i) {
    const Fields tool = body.element("tools", i);
    if (tool.text("type").value_or("") != "function") {
      throw unsupported(tool.path("type"), tool.path("type") + " must be function");
    }
    const Json* function = tool.object("function");
    if (function == nullptr) {
      throw invalid(tool.path("function"), tool.path("function") + " is missing");
    }
    const Fields fields(*function, tool.path("function."));
    if (!is_function_name(fields.text("name").value_or(""))) {
      throw invalid(fields.path("name"),
                    fields.path("name") + " must have 1 to 64 letters, digits, '_', '-' or '.'");
    }
    (void)fields.object("parameters");
  }
  return *tools;
}

bool has_function(const Json& tools, std::string_view name) {
  return std::any_of(tools.begin(), tools.end(),
                     [&](const Json& tool) { return tool["function"]["name"] == name; });
}

/// The name in {"type": "function", "function": {"name": …}}, or in {"type": "function", "name":
/// …}.
std::string named_function(const Fields& choice) {
  const Json* function = choice.object("function");
  if (function == nullptr) return choice.text("name").value_or("");
  return Fields(*function, choice.path("function.")).text("name").value_or("");
}

/// One of the words; nothing for others.
std::optional<Kind> kind_of(std::string_view word) {
  if (word == "none") return Kind::none;
  if (word == "auto") return Kind::automatic;
  // Mistral's word is "any".
  if (word == "required" || word == "any") return Kind::required;
  return std::nullopt;
}

/// Keeps the functions that {"mode": …, "tools": […]} allows. Returns false if it names another.
bool keep_allowed(const Fields& allowed, Json& tools) {
  const Json* list = allowed.list("tools");
  if (list == nullptr || list->empty()) return false;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list->size(); ++i) {
    names.push_back(named_function(allowed.element("tools", i)));
    if (!has_function(tools, names.back())) return false;
  }
  Json kept = Json::array();
  for (const Json& tool : tools) {
    const auto name = tool["function"]["name"].get<std::string>();
    if (std::find(names.begin(), names.end(), name) != names.end()) kept.push_back(tool);
  }
  tools = std::move(kept);
  return true;
}

/// The choice of an object; nothing if it makes no sense.
std::optional<ToolChoice> choice_of(const Fields& choice, Json& tools) {
  if (choice.text("type").value_or("") != "allowed_tools") {
    ToolChoice named{Kind::named, named_function(choice)};
    if (!has_function(tools, named.name)) return std::nullopt;
    return named;
  }
  const Json* nested = choice.object("allowed_tools");
  const Fields allowed =
      nested == nullptr ? choice : Fields(*nested, choice.path("allowed_tools."));
  const std::optional<Kind> kind = kind_of(allowed.text("mode").value_or("auto"));
  if (!kind || !keep_allowed(allowed, tools)) return std::nullopt;
  return ToolChoice{*kind};
}

/// What `tool_choice` says. It can leave only some of the tools.
ToolChoice read_choice(const Fields& body, Json& tools) {
  const Json* choice = body.find("tool_choice");
  const bool none = tools.is_null();
  std::optional<ToolChoice> result;
  if (choice == nullptr) {
    result = ToolChoice{Kind::automatic};
  } else if (choice->is_string()) {
    if (const auto kind = kind_of(choice->get<std::string>())) result = ToolChoice{*kind};
  } else if (choice->is_object() && !none) {
    result = choice_of(Fields(*choice, "tool_choice."), tools);
  }
  if (result && none && result->kind == Kind::automatic) result->kind = Kind::none;
  if (!result || (none && result->kind != Kind::none)) {
    throw invalid("tool_choice",
                  "tool_choice must be none, auto, required, or name functions of tools");
  }
  return *result;
}

}  // namespace

bool is_function_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '_' || c == '-' || c == '.';
         });
}

void read_tools(const Fields& body, ChatRequest& request) {
  request.tools = checked_tools(body);
  request.tool_choice = read_choice(body, request.tools);
  if (request.tool_choice.kind == Kind::none) request.tools = nullptr;
  request.one_call = !body.flag("parallel_tool_calls").value_or(true);
}

}  // namespace ringlet::serve
