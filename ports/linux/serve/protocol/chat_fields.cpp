#include <algorithm>
#include <string_view>
#include <utility>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/call_text.hpp"
#include "serve/protocol/requests.hpp"
#include "serve/protocol/tool_fields.hpp"

namespace ringlet::serve {
namespace {

constexpr std::size_t most_messages = 2048;

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
    const Fields part = message.element("content", i);
    const std::string type = part.text("type").value_or("");
    if (type != "text") {
      throw unsupported(part.path("type"), part.path("type") + " '" + type +
                                               "' is not supported; this server reads text");
    }
    const std::optional<std::string> said = part.text("text");
    if (!said) throw invalid(part.path("text"), part.path("text") + " is missing");
    text += *said;
  }
  return text;
}

/// Calls of an earlier answer. Templates want their arguments as an object, the protocol has JSON
/// in a string.
Json read_calls(const Fields& message, std::size_t count) {
  Json result = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const Fields call = message.element("tool_calls", i);
    const Json* function = call.object("function");
    if (function == nullptr)
      throw invalid(call.path("function"), call.path("function") + " is missing");
    const Fields fields(*function, call.path("function."));
    const std::string name = fields.text("name").value_or("");
    if (!is_function_name(name))
      throw invalid(fields.path("name"), fields.path("name") + " is not a name");
    const Json* given = fields.find("arguments");
    Json arguments = given == nullptr ? Json::object() : *given;
    if (arguments.is_string()) {
      const auto written = arguments.get<std::string>();
      // It was written by a model: what is no JSON stays a text. Nothing, or null, stands for no
      // arguments.
      std::optional<Json> parsed = trimmed(written).empty() ? Json::object() : parse_text(written);
      if (parsed && parsed->is_null()) parsed = Json::object();
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
    result["tool_calls"] = read_calls(message, calls->size());
  }
  for (const char* name : {"reasoning_content", "tool_call_id", "name"}) {
    if (const auto text = message.text(name)) result[name] = *text;
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
  fields.require_absent("functions", Json::array(), "not supported; use tools");
  fields.require_absent("function_call", "none", "not supported; use tool_choice");
  fields.require_absent("audio", Json::object(), "not supported; this server answers with text");
  fields.require_absent("modalities", Json::array({"text"}),
                        "must be [\"text\"]; this server answers with text");
  fields.require_absent("continue_final_message", false, "not supported");
  fields.require_absent("add_generation_prompt", true,
                        "must be true; every answer is a new message");
  fields.require_absent("web_search_options", Json::object(), "not supported");
  const Json* messages = fields.list("messages");
  if (messages == nullptr || messages->empty()) {
    throw invalid("messages", "messages must be a list with at least one message");
  }
  if (messages->size() > most_messages) throw invalid("messages", "messages has too many");
  for (std::size_t i = 0; i < messages->size(); ++i) {
    request.messages.push_back(read_message(fields.element("messages", i)));
  }
  read_tools(fields, request);
  if (const Json* variables = fields.object("chat_template_kwargs")) request.variables = *variables;
  const bool must_call = request.tool_choice.kind == ToolChoice::Kind::required ||
                         request.tool_choice.kind == ToolChoice::Kind::named;
  if (must_call && request.common.form.kind != AnswerForm::Kind::text) {
    const std::string& field = request.common.form.field;
    throw unsupported(field, field + " cannot go with a tool that must be called");
  }
  return request;
}

}  // namespace ringlet::serve
