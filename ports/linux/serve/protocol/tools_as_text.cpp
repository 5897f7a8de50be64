#include "serve/protocol/tools_as_text.hpp"

#include <string>
#include <utility>

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

std::string calls_as_text(const Json& calls) {
  std::string text;
  for (const Json& call : calls) {
    text += "<tool_call>" + dump(call["function"]) + "</tool_call>";
  }
  return text;
}

std::string text_of(const Json& message) { return message["content"].get<std::string>(); }

Json message_of(const char* role, const std::string& content) {
  Json message = {{"role", role}, {"content", content}};
  return message;
}

/// Calls and results as messages that every template knows. Results of several calls are one.
Json plain_messages(const Json& messages) {
  Json plain = Json::array();
  bool in_results = false;
  for (const Json& message : messages) {
    const bool result = message["role"] == "tool";
    if (result) {
      const std::string text = "<tool_response>" + text_of(message) + "</tool_response>";
      if (in_results) {
        plain.back()["content"] = text_of(plain.back()) + "\n" + text;
      } else {
        plain.push_back(message_of("user", text));
      }
    } else if (message.contains("tool_calls")) {
      plain.push_back(
          message_of("assistant", text_of(message) + calls_as_text(message["tool_calls"])));
    } else {
      plain.push_back(message);
    }
    in_results = result;
  }
  return plain;
}

}  // namespace

void write_tools_as_text(ChatRequest& request, bool has_system) {
  const std::string description = description_of(request.tools);
  Json messages = plain_messages(request.messages);
  const bool begins = messages.front()["role"] == (has_system ? "system" : "user");
  if (begins) {
    Json& first = messages.front();
    first["content"] =
        has_system ? text_of(first) + "\n\n" + description : description + "\n\n" + text_of(first);
  } else {
    messages.insert(messages.begin(), message_of(has_system ? "system" : "user", description));
  }
  request.messages = std::move(messages);
  request.tools = nullptr;
}

}  // namespace ringlet::serve
