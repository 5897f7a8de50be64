#include "serve/protocol/tools_as_text.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "serve/protocol/call_readers.hpp"
#include "serve/protocol/replies.hpp"
#include "serve/protocol/stand_ins.hpp"

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

/// What stands between the marks of calls: each call, or all in a list, as the syntax has it.
std::vector<std::string> calls_as_text(const Json& calls, CallSyntax syntax) {
  std::vector<std::string> texts;
  for (const Json& call : calls) texts.push_back(call_as_text(call["function"], syntax));
  if (!marks_of(syntax).in_list) return texts;
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return {"[" + list + "]"};
}

/// Puts stand-ins in place of all calls.
void take_calls(ChatRequest& request, CallSyntax syntax, bool has_marks) {
  const auto has_calls = [](const Json& message) { return message.contains("tool_calls"); };
  const auto count = std::count_if(request.messages.begin(), request.messages.end(), has_calls);
  std::vector<std::string> stand_ins = find_stand_ins(request, static_cast<std::size_t>(count));
  for (Json& message : request.messages) {
    if (!has_calls(message)) continue;
    message["content"] = message["content"].get<std::string>() + stand_ins.back();
    request.written_calls.push_back({.stand_in = std::move(stand_ins.back()),
                                     .calls = calls_as_text(message["tool_calls"], syntax),
                                     .has_marks = has_marks});
    stand_ins.pop_back();
    message.erase("tool_calls");
  }
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
  take_calls(request, CallSyntax::tagged, false);
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
    } else {
      plain.push_back(message);
    }
    in_results = result;
  }
  request.messages = std::move(plain);
}

void write_calls_in_syntax(ChatRequest& request, CallSyntax syntax) {
  take_calls(request, syntax, true);
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
