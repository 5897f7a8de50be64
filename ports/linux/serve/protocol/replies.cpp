#include "serve/protocol/replies.hpp"

#include "jinja/large_integer.hpp"

namespace ringlet::serve {
namespace {

const char* name_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::stop:
      return "stop";
    case FinishReason::length:
      return "length";
    case FinishReason::tool_calls:
      break;
  }
  return "tool_calls";
}

Json head_json(const AnswerHead& head, bool is_chunk) {
  const char* chat = is_chunk ? "chat.completion.chunk" : "chat.completion";
  return {{"id", head.id},
          {"object", head.chat ? chat : "text_completion"},
          {"created", head.created},
          {"model", head.model},
          {"system_fingerprint", "ringlet"}};
}

Json call_json(const ToolCall& call) {
  Json json = {{"id", call.id}, {"type", "function"}};
  json["function"] = {{"name", call.name}, {"arguments", call.arguments}};
  return json;
}

/// A choice of a chunk: a delta for a chat, a text otherwise.
Json choice(const AnswerHead& head, std::size_t index, Json delta, std::string_view text,
            const Json& reason) {
  Json result = Json::object();
  result["index"] = index;
  if (head.chat) {
    result["delta"] = std::move(delta);
  } else {
    result["text"] = text;
  }
  result["logprobs"] = nullptr;
  result["finish_reason"] = reason;
  return result;
}

Json with_choices(const AnswerHead& head, Json choices) {
  Json result = head_json(head, true);
  result["choices"] = std::move(choices);
  return result;
}

void append_dump(std::string& text, const Json& json) {
  if (jinja::is_large_integer(json)) {
    text += jinja::spelling_of_large_integer(json);
    return;
  }
  if (!json.is_structured() || json.empty()) {
    text += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  const bool is_object = json.is_object();
  char separator = is_object ? '{' : '[';
  for (const auto& [key, value] : json.items()) {
    text += separator;
    separator = ',';
    if (is_object) {
      append_dump(text, key);
      text += ':';
    }
    append_dump(text, value);
  }
  text += is_object ? '}' : ']';
}

}  // namespace

std::string dump(const Json& json) {
  std::string text;
  append_dump(text, json);
  return text;
}

Json usage_json(const Usage& usage) {
  Json json = {{"prompt_tokens", usage.prompt_tokens},
               {"completion_tokens", usage.completion_tokens},
               {"total_tokens", usage.prompt_tokens + usage.completion_tokens}};
  json["prompt_tokens_details"]["cached_tokens"] = usage.cached_tokens;
  return json;
}

namespace {

Json whole_choice(const AnswerHead& head, const WholeAnswer& whole) {
  const AnswerPart& answer = whole.part;
  Json choice = Json::object();
  choice["index"] = answer.index;
  if (head.chat) {
    Json message = {{"role", "assistant"}, {"content", answer.content}, {"refusal", nullptr}};
    if (!answer.reasoning.empty()) message["reasoning_content"] = answer.reasoning;
    for (const ToolCall& call : answer.calls) message["tool_calls"].push_back(call_json(call));
    if (!answer.calls.empty() && answer.content.empty()) message["content"] = nullptr;
    choice["message"] = std::move(message);
  } else {
    choice["text"] = answer.content;
  }
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = name_of(whole.reason);
  return choice;
}

}  // namespace

Json answers_json(const AnswerHead& head, std::span<const WholeAnswer> answers,
                  const Usage& usage) {
  Json choices = Json::array();
  for (const WholeAnswer& answer : answers) choices.push_back(whole_choice(head, answer));
  Json result = head_json(head, false);
  result["choices"] = std::move(choices);
  result["usage"] = usage_json(usage);
  return result;
}

Json first_chunk(const AnswerHead& head, std::size_t index) {
  Json delta = {{"role", "assistant"}, {"content", ""}};
  return with_choices(head, Json::array({choice(head, index, std::move(delta), "", nullptr)}));
}

Json chunk_json(const AnswerHead& head, const AnswerPart& part, std::size_t first_call) {
  Json delta = Json::object();
  if (!part.reasoning.empty()) delta["reasoning_content"] = part.reasoning;
  if (!part.content.empty()) delta["content"] = part.content;
  for (std::size_t i = 0; i < part.calls.size(); ++i) {
    Json call = Json::object();
    call["index"] = first_call + i;
    call.update(call_json(part.calls[i]));
    delta["tool_calls"].push_back(std::move(call));
  }
  return with_choices(
      head, Json::array({choice(head, part.index, std::move(delta), part.content, nullptr)}));
}

Json last_chunk(const AnswerHead& head, std::size_t index, FinishReason reason) {
  return with_choices(head,
                      Json::array({choice(head, index, Json::object(), "", name_of(reason))}));
}

Json usage_chunk(const AnswerHead& head, const Usage& usage) {
  Json result = with_choices(head, Json::array());
  result["usage"] = usage_json(usage);
  return result;
}

std::string event(const Json& json, std::string_view logprobs) {
  std::string text = dump(json);
  if (!logprobs.empty()) {
    const std::size_t null = text.find(no_logprobs) + no_logprobs.find("null");
    text.replace(null, 4, logprobs);
  }
  return "data: " + text + "\n\n";
}

Json error_json(const ApiError& error) {
  Json fields = {{"message", error.message}, {"type", error.type}};
  fields["param"] = error.param ? Json(*error.param) : Json(nullptr);
  fields["code"] = error.code ? Json(*error.code) : Json(nullptr);
  Json reply = Json::object();
  reply["error"] = std::move(fields);
  return reply;
}

Json models_json(std::string_view name, std::int64_t created, std::uint64_t context,
                 std::uint64_t bytes, bool can_chat) {
  Json model = {{"id", name}, {"object", "model"}, {"created", created}, {"owned_by", "ringlet"}};
  model["capabilities"] =
      can_chat ? Json::array({"completion", "chat"}) : Json::array({"completion"});
  model["meta"] = {{"n_ctx_train", context}, {"size", bytes}};
  Json reply = Json::object();
  reply["object"] = "list";
  reply["data"] = Json::array({std::move(model)});
  return reply;
}

}  // namespace ringlet::serve
