#include <algorithm>
#include <string_view>
#include <utility>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/requests.hpp"

namespace ringlet::serve {
namespace {

constexpr std::size_t most_messages = 2048;
constexpr std::size_t most_tools = 128;
constexpr std::size_t longest_name = 64;

std::string at(const char* list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "].";
}

/// `path` is that of a field within, and so ends in a dot.
ApiError not_an_object(std::string path) {
  path.pop_back();
  std::string message = path + " must be an object";
  return invalid(std::move(path), std::move(message));
}

/// A text, or the texts of a list of parts, one after another.
std::string content_text(const Fields& message) {
  const Json* content = message.find("content");
  if (content == nullptr) return {};
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) {
    throw invalid(message.path("content"),
                  message.path("content") + " must be a string or a list of parts");
  }
  std::string text;
  for (std::size_t i = 0; i < content->size(); ++i) {
    const std::string where = message.path(at("content", i).c_str());
    if (!(*content)[i].is_object()) throw not_an_object(where);
    const Fields part((*content)[i], where);
    const std::string type = part.text("type").value_or("");
    if (type != "text") {
      throw unsupported(part.path("type"), part.path("type") + " '" + type +
                                               "' is not supported; this server reads text");
    }
    text += part.text("text").value_or("");
  }
  return text;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '_' || c == '-' || c == '.';
         });
}

/// Calls of an earlier answer. Templates want their arguments as an object, the protocol has JSON
/// in a string.
Json read_calls(const Json& calls, const std::string& where) {
  Json result = Json::array();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string path = where + "[" + std::to_string(i) + "].";
    if (!calls[i].is_object()) throw not_an_object(path);
    const Fields call(calls[i], path);
    const Json* function = call.object("function");
    if (function == nullptr)
      throw invalid(call.path("function"), call.path("function") + " is missing");
    const Fields fields(*function, call.path("function."));
    const std::string name = fields.text("name").value_or("");
    if (!is_name(name)) throw invalid(fields.path("name"), fields.path("name") + " is not a name");
    const Json* given = fields.find("arguments");
    Json arguments = given == nullptr ? Json::object() : *given;
    if (arguments.is_string()) {
      // It was written by a model: what is no JSON stays a text.
      std::optional<Json> parsed = parse_text(arguments.get<std::string>());
      if (parsed && parsed->is_object()) arguments = std::move(*parsed);
    }
    Json one = {{"type", "function"},
                {"function", {{"name", name}, {"arguments", std::move(arguments)}}}};
    if (const auto id = call.text("id")) one["id"] = *id;
    result.push_back(std::move(one));
  }
  return result;
}

Json read_message(const Fields& message) {
  constexpr std::string_view roles[] = {"system", "developer", "user", "assistant", "tool"};
  std::string role = message.text("role").value_or("");
  if (std::find(std::begin(roles), std::end(roles), role) == std::end(roles)) {
    throw invalid(message.path("role"),
                  message.path("role") + " must be system, developer, user, assistant or tool");
  }
  const bool answers = role == "assistant";
  const Json* calls = answers ? message.list("tool_calls") : nullptr;
  if (!answers && message.find("content") == nullptr) {
    throw invalid(message.path("content"), message.path("content") + " is missing");
  }
  if (role == "developer") role = "system";  // as templates call it
  Json result = {{"role", role}, {"content", content_text(message)}};
  if (calls != nullptr && !calls->empty()) {
    result["tool_calls"] = read_calls(*calls, message.path("tool_calls"));
  }
  for (const char* name : {"reasoning_content", "tool_call_id", "name"}) {
    if (const auto text = message.text(name)) result[name] = *text;
  }
  return result;
}

Json read_tools(const Json& tools) {
  if (tools.size() > most_tools) {
    throw invalid("tools", "tools has more than " + std::to_string(most_tools) + " functions");
  }
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const std::string where = at("tools", i);
    if (!tools[i].is_object()) throw not_an_object(where);
    const Fields tool(tools[i], where);
    if (tool.text("type").value_or("") != "function") {
      throw unsupported(tool.path("type"), tool.path("type") + " must be function");
    }
    const Json* function = tool.object("function");
    if (function == nullptr)
      throw invalid(tool.path("function"), tool.path("function") + " is missing");
    const Fields fields(*function, tool.path("function."));
    if (!is_name(fields.text("name").value_or(""))) {
      throw invalid(fields.path("name"),
                    fields.path("name") + " must have 1 to 64 letters, digits, '_', '-' or '.'");
    }
    (void)fields.object("parameters");
  }
  return tools;
}

ToolChoice read_choice(const Fields& body, const Json& tools) {
  const Json* choice = body.find("tool_choice");
  const bool none = tools.is_null() || tools.empty();
  if (choice == nullptr) return {none ? ToolChoice::Kind::none : ToolChoice::Kind::automatic};
  std::string kind;
  ToolChoice result;
  if (choice->is_string()) {
    kind = choice->get<std::string>();
  } else if (choice->is_object()) {
    const Json* function = Fields(*choice, "tool_choice.").object("function");
    if (function != nullptr) {
      result.name = Fields(*function, "tool_choice.function.").text("name").value_or("");
      kind = "named";
    }
  }
  if (kind == "none") return result;
  if (kind == "auto" && none) return result;
  result.kind = kind == "auto"       ? ToolChoice::Kind::automatic
                : kind == "required" ? ToolChoice::Kind::required
                                     : ToolChoice::Kind::named;
  const bool known =
      result.kind != ToolChoice::Kind::named ||
      (kind == "named" && std::any_of(tools.begin(), tools.end(), [&](const Json& tool) {
         return tool["function"]["name"] == result.name;
       }));
  if (none || !known) {
    throw invalid("tool_choice",
                  "tool_choice must be none, auto, required, or name a function of tools");
  }
  return result;
}

}  // namespace

ChatRequest read_chat(const Json& body) {
  const Fields fields(body);
  ChatRequest request;
  request.common = read_common(fields);
  const std::optional<std::int64_t> top = fields.integer("top_logprobs", 0, most_alternatives);
  if (fields.flag("logprobs").value_or(false)) {
    request.common.alternatives = static_cast<std::uint32_t>(top.value_or(0));
  } else if (top.value_or(0) > 0) {
    throw invalid("top_logprobs", "top_logprobs needs logprobs: true");
  }
  for (const char* name : {"functions", "function_call"}) {
    fields.require_absent(name, Json::array(), "not supported; use tools and tool_choice");
  }
  fields.require_absent("audio", Json::object(), "not supported; this server answers with text");
  fields.require_absent("modalities", Json::array({"text"}),
                        "must be [\"text\"]; this server answers with text");
  fields.require_absent("web_search_options", Json::object(), "not supported");
  const Json* messages = fields.list("messages");
  if (messages == nullptr || messages->empty()) {
    throw invalid("messages", "messages must be a list with at least one message");
  }
  if (messages->size() > most_messages) throw invalid("messages", "messages has too many");
  for (std::size_t i = 0; i < messages->size(); ++i) {
    const std::string where = at("messages", i);
    if (!(*messages)[i].is_object()) throw not_an_object(where);
    request.messages.push_back(read_message(Fields((*messages)[i], where)));
  }
  if (const Json* tools = fields.list("tools"); tools != nullptr && !tools->empty()) {
    request.tools = read_tools(*tools);
  }
  request.tool_choice = read_choice(fields, request.tools);
  if (const Json* variables = fields.object("chat_template_kwargs")) request.variables = *variables;
  if (request.tool_choice.kind == ToolChoice::Kind::none) request.tools = nullptr;
  const bool must_call = request.tool_choice.kind == ToolChoice::Kind::required ||
                         request.tool_choice.kind == ToolChoice::Kind::named;
  if (must_call && request.common.form.kind != AnswerForm::Kind::text) {
    throw unsupported("response_format",
                      "response_format cannot go with a tool that must be called");
  }
  return request;
}

}  // namespace ringlet::serve
