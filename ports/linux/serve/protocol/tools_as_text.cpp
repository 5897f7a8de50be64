#include "serve/protocol/tools_as_text.hpp"

#include <string>
#include <utility>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/call_literals.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {
namespace {

std::string description_of(const Json& tools) {
  std::string text =
      "You can call functions. Each line describes one of them, with a JSON Schema of its "
      "arguments:\n";
  for (const Json& tool : tools) text += dump(tool["function"]) + "\n";
  return text +
         "To call one, answer with nothing but <tool_call>{\"name\": NAME, \"arguments\": "
         "{...}}</tool_call>.";
}

std::string call_as_text(const Json& function, CallSyntax syntax) {
  const bool is_python = syntax == CallSyntax::python && function["arguments"].is_object();
  if (!is_python) return dump(function);
  return python_call(function["name"].get<std::string>(), function["arguments"]);
}

/// The calls of a message between marks: each, or all in a list, as the syntax has it.
std::string calls_as_text(const Json& calls, CallSyntax syntax, const std::string& opening,
                          const std::string& closing) {
  const bool in_list = marks_of(syntax).in_list;
  std::string text;
  for (const Json& call : calls) {
    const std::string one = call_as_text(call["function"], syntax);
    text += in_list ? (text.empty() ? "" : ", ") + one : opening + one + closing;
  }
  return in_list ? opening + "[" + text + "]" + closing : text;
}

std::string text_of(const Json& message) { return message["content"].get<std::string>(); }

Json message_of(const char* role, const std::string& content) {
  Json message = {{"role", role}, {"content", content}};
  return message;
}

}  // namespace

/// Results of several calls are one message, and what the user says next goes on in it, because
/// many templates take user and assistant in turn alone.
void write_calls_as_text(ChatRequest& request) {
  Json plain = Json::array();
  bool in_results = false;
  for (const Json& message : request.messages) {
    const bool result = message["role"] == "tool";
    if (result || (in_results && message["role"] == "user")) {
      const std::string text =
          result ? "<tool_response>" + text_of(message) + "</tool_response>" : text_of(message);
      if (in_results) {
        plain.back()["content"] = text_of(plain.back()) + "\n" + text;
      } else {
        plain.push_back(message_of("user", text));
      }
    } else if (message.contains("tool_calls")) {
      plain.push_back(message_of(
          "assistant", text_of(message) + calls_as_text(message["tool_calls"], CallSyntax::tagged,
                                                        "<tool_call>", "</tool_call>")));
    } else {
      plain.push_back(message);
    }
    in_results = result;
  }
  request.messages = std::move(plain);
}

void write_calls_in_syntax(ChatRequest& request, CallSyntax syntax) {
  const std::string all =
      dump(request.messages) + dump(request.tools) + dump(Json(request.variables));
  for (const std::string_view stand_in : {opening_stand_in, closing_stand_in}) {
    if (all.find(stand_in) == std::string::npos) continue;
    throw invalid("messages", "the request contains unassigned characters (U+3EFFE)");
  }
  for (Json& message : request.messages) {
    const auto calls = message.find("tool_calls");
    if (calls == message.end()) continue;
    message["content"] =
        text_of(message) +
        calls_as_text(*calls, syntax, std::string(opening_stand_in), std::string(closing_stand_in));
    message.erase("tool_calls");
  }
}

void write_tools_as_text(ChatRequest& request) {
  const std::string description = description_of(request.tools);
  if (request.messages.front()["role"] == "system") {
    Json& first = request.messages.front();
    first["content"] = text_of(first) + "\n\n" + description;
  } else {
    request.messages.insert(request.messages.begin(), message_of("system", description));
  }
  request.tools = nullptr;
}

void write_system_as_text(ChatRequest& request) {
  Json& messages = request.messages;
  if (messages.front()["role"] != "system") return;
  const std::string system = text_of(messages.front());
  messages.erase(messages.begin());
  if (!messages.empty() && messages.front()["role"] == "user") {
    messages.front()["content"] = system + "\n\n" + text_of(messages.front());
  } else {
    messages.insert(messages.begin(), message_of("user", system));
  }
}

}  // namespace ringlet::serve
