#include <gtest/gtest.h>

#include <utility>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/replies.hpp"
#include "serve/protocol/requests.hpp"

namespace ringlet::serve {
namespace {

/// The field that is refused; "" if none is.
template <typename Read>
std::string refused(const char* body, Read read) {
  try {
    (void)read(parse_body(body));
    return "";
  } catch (const ApiError& error) {
    EXPECT_EQ(error.status, 400);
    return error.param.value_or("?");
  }
}

std::string refused_chat(const std::string& fields) {
  const std::string body = R"({"messages": [{"role": "user", "content": "x"}])" + fields + "}";
  return refused(body.c_str(), read_chat);
}

TEST(ServeBody, LimitsAreKept) {
  const BodyLimits limits{.bytes = 100, .depth = 3, .values = 10, .members = 4};
  EXPECT_NO_THROW((void)parse_body(R"({"a": [[1]], "b": 2})", limits));
  for (const std::string& body :
       {std::string(R"({"a": [[[[1]]]]})"), std::string("{\"a\": [1,2,3,4,5,6,7,8,9,10,11]}"),
        std::string(R"({"a":1,"b":1,"c":1,"d":1,"e":1})"), std::string("[1]"), std::string("1"),
        std::string("{\"a\": \"\xFF\"}"), std::string("{\"a\": 1e999}"), std::string("{} {}"),
        std::string(R"({"x": {"a":1,"b":1}, "y": {"a":1,"b":1,"c":1,"d":1,"e":1}})")}) {
    EXPECT_THROW((void)parse_body(body, limits), ApiError) << body;
  }
  try {
    (void)parse_body(std::string(101, ' '), limits);
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.status, 413);
  }
}

TEST(ServeBody, IntegersKeepTheirDigits) {
  const std::string text =
      R"({"a":[9223372036854775808,-9223372036854775809,12345678901234567890123,{"b":[],"c":{}}],)"
      R"("d":1.5,"e":-7,"f":"x","g":[true,null,18446744073709551615]})";
  EXPECT_EQ(dump(parse_body(text)), text);
  EXPECT_EQ(dump(parse_body(R"({"a": 1, "b": 2, "a": 3})")), R"({"a":3,"b":2})");
  EXPECT_THROW((void)parse_body("{\"a\": " + std::string(400, '9') + "}"), ApiError);
  EXPECT_NE(refused_chat(R"(, "max_tokens": 12345678901234567890123)"), "");
}

TEST(ServeBody, MembersAreCountedForEachObject) {
  const BodyLimits limits{.bytes = 1000, .depth = 9, .values = 100, .members = 3};
  EXPECT_NO_THROW((void)parse_body(
      R"({"a": {"a":1,"b":1,"c":1}, "b": [{"a":1,"b":1,"c":1}, {"a":{"x":1}}], "c": 1})", limits));
}

TEST(ServeRequest, FieldsAreRead) {
  const ChatRequest request = read_chat(parse_body(R"({
    "model": "m", "messages": [{"role": "developer", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
    {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "r"}],
    "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 5, "max_completion_tokens": 6,
    "stop": "s", "temperature": 0.5, "top_k": -1, "seed": -7, "unknown": {"is": "ignored"}})"));
  EXPECT_EQ(request.messages[0], Json::parse(R"({"role": "system", "content": "ab"})"));
  EXPECT_EQ(request.messages[1]["tool_calls"][0]["function"]["arguments"],
            Json::parse(R"({"x":1})"));
  EXPECT_EQ(request.messages[2]["tool_call_id"], "1");
  const CommonFields& common = request.common;
  EXPECT_TRUE(common.stream && common.include_usage);
  EXPECT_EQ(common.limit, 6U);
  EXPECT_EQ(common.stop, std::vector<std::string>{"s"});
  EXPECT_EQ(common.sampling.top_k, 0U);
  EXPECT_EQ(common.sampling.seed, static_cast<std::uint64_t>(-7));
}

TEST(ServeRequest, SeedHasAllThatRunHas) {
  const char* body =
      R"({"messages": [{"role": "user", "content": "x"}], "seed": 18446744073709551615})";
  EXPECT_EQ(read_chat(parse_body(body)).common.sampling.seed, UINT64_MAX);
}

TEST(ServeRequest, EmptyStopStringsAreNone) {
  const char* body = R"({"messages": [{"role": "user", "content": "x"}], "stop": ["", "\n"]})";
  EXPECT_EQ(read_chat(parse_body(body)).common.stop, std::vector<std::string>{"\n"});
}

TEST(ServeRequest, LimitsOfAnySizeAreTaken) {
  const char* body =
      R"({"messages": [{"role": "user", "content": "x"}], "max_tokens": 9007199254740991})";
  EXPECT_EQ(read_chat(parse_body(body)).common.limit, 9007199254740991U);
}

TEST(ServeRequest, PromptsCanBeTokens) {
  for (const char* body :
       {R"({"prompt": [7, 0, 4294967295]})", R"({"prompt": [[7, 0, 4294967295]]})"}) {
    EXPECT_EQ(read_completion(parse_body(body)).tokens,
              (std::vector<std::uint32_t>{7, 0, 4294967295U}));
  }
  EXPECT_EQ(read_completion(parse_body(R"({"prompt": ["a"]})")).prompt, "a");
}

TEST(ServeRequest, SchemasHaveFieldsOfSeveralServers) {
  for (const char* field :
       {R"("json_schema": {"type": "object"})", R"("guided_json": {"type": "object"})",
        R"("response_format": {"type": "json_object", "schema": {"type": "object"}})",
        R"("response_format": {"type": "text"}, "json_schema": {"type": "object"})",
        R"("guided_json": "{\"type\": \"object\"}")",
        R"("structured_outputs": {"json": {"type": "object"}, "regex": null})",
        R"("structured_outputs": {"json": "{\"type\": \"object\"}"})"}) {
    const AnswerForm form =
        read_chat(parse_body(std::string(R"({"messages": [{"role": "user", "content": "x"}], )") +
                             field + "}"))
            .common.form;
    EXPECT_EQ(form.kind, AnswerForm::Kind::json_schema) << field;
    EXPECT_EQ(form.schema, R"({"type":"object"})") << field;
  }
}

TEST(ServeRequest, ArgumentsOfEarlierCallsAreAnObject) {
  for (const auto& [written, read] :
       {std::pair(R"("")", "{}"), std::pair(R"(" ")", "{}"), std::pair("null", "{}"),
        std::pair(R"("null")", "{}"), std::pair(R"("{\"a\": 1}")", R"({"a":1})"),
        std::pair(R"("{\"a")", R"("{\"a")")}) {
    const ChatRequest request = read_chat(
        parse_body(std::string(R"({"messages": [{"role": "assistant", "tool_calls": [{"id": "1",
                       "function": {"name": "f", "arguments": )") +
                   written + "}}]}]}"));
    EXPECT_EQ(dump(request.messages[0]["tool_calls"][0]["function"]["arguments"]), read) << written;
  }
}

/// A chat with the tools f and g, and more fields.
ChatRequest chat_with_tools(const std::string& more) {
  return read_chat(parse_body(
      R"({"messages": [{"role": "user", "content": "x"}],
          "tools": [{"type": "function", "function": {"name": "f"}},
                    {"type": "function", "function": {"name": "g"}}])" +
      more + "}"));
}

TEST(ServeRequest, ToolChoicesHaveSeveralForms) {
  using Kind = ToolChoice::Kind;
  EXPECT_EQ(chat_with_tools("").tool_choice.kind, Kind::automatic);
  EXPECT_EQ(chat_with_tools(R"(, "tool_choice": "any")").tool_choice.kind, Kind::required);
  EXPECT_TRUE(chat_with_tools(R"(, "tool_choice": "none")").tools.is_null());
  for (const char* choice : {R"({"type": "function", "function": {"name": "g"}})",
                             R"({"type": "function", "name": "g"})"}) {
    const ToolChoice named =
        chat_with_tools(std::string(R"(, "tool_choice": )") + choice).tool_choice;
    EXPECT_EQ(named.kind, Kind::named) << choice;
    EXPECT_EQ(named.name, "g") << choice;
  }
  for (
      const char* choice :
      {R"({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "g"}]})",
       R"({"type": "allowed_tools", "allowed_tools":
            {"mode": "required", "tools": [{"type": "function", "function": {"name": "g"}}]}})"}) {
    const ChatRequest request = chat_with_tools(std::string(R"(, "tool_choice": )") + choice);
    EXPECT_EQ(request.tool_choice.kind, Kind::required) << choice;
    ASSERT_EQ(request.tools.size(), 1U) << choice;
    EXPECT_EQ(request.tools[0]["function"]["name"], "g") << choice;
  }
  EXPECT_TRUE(chat_with_tools(R"(, "parallel_tool_calls": false)").one_call);
  EXPECT_FALSE(chat_with_tools(R"(, "parallel_tool_calls": true)").one_call);
}

TEST(ServeRequest, ToolChoicesThatMakeNoSenseAreRefused) {
  for (
      const char* choice :
      {R"("always")", R"({"type": "function", "name": "h"})", R"({"type": "function"})", "1",
       R"({"type": "allowed_tools", "mode": "auto", "tools": []})",
       R"({"type": "allowed_tools", "mode": "maybe", "tools": [{"type": "function", "name": "g"}]})",
       R"({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "h"}]})"}) {
    EXPECT_THROW((void)chat_with_tools(std::string(R"(, "tool_choice": )") + choice), ApiError)
        << choice;
  }
}

TEST(ServeRequest, PathOfAnElementHasNoDotBehindIt) {
  for (const char* messages : {"[1]", R"([{"role": "user", "content": ["x"]}])"}) {
    try {
      (void)read_chat(parse_body(std::string("{\"messages\": ") + messages + "}"));
      ADD_FAILURE() << messages;
    } catch (const ApiError& error) {
      EXPECT_TRUE(error.param && error.param->ends_with("]")) << error.param.value_or("none");
    }
  }
}

TEST(ServeRequest, RefusalsNameTheField) {
  EXPECT_EQ(refused_chat(""), "");
  EXPECT_EQ(refused_chat(R"(, "n": 0)"), "n");
  EXPECT_EQ(refused_chat(R"(, "ignore_eos": true)"), "");
  EXPECT_EQ(refused_chat(R"(, "ignore_eos": 1)"), "ignore_eos");
  EXPECT_EQ(
      refused_chat(R"(, "ignore_eos": false, "min_tokens": 0, "add_generation_prompt": true)"), "");
  EXPECT_EQ(refused_chat(R"(, "min_tokens": 3)"), "min_tokens");
  EXPECT_EQ(refused_chat(R"(, "continue_final_message": true)"), "continue_final_message");
  EXPECT_EQ(refused_chat(R"(, "n": 129)"), "n");
  EXPECT_EQ(refused_chat(R"(, "n": 2, "best_of": 3)"), "best_of");
  EXPECT_EQ(refused_chat(R"(, "n": 2, "best_of": 2)"), "");
  EXPECT_EQ(refused_chat(R"(, "frequency_penalty": 2.1)"), "frequency_penalty");
  EXPECT_EQ(refused_chat(R"(, "presence_penalty": -2.1)"), "presence_penalty");
  EXPECT_EQ(refused_chat(R"(, "logit_bias": {"5": 101})"), "logit_bias.5");
  EXPECT_EQ(refused_chat(R"(, "logit_bias": {"5": "x"})"), "logit_bias.5");
  EXPECT_EQ(refused_chat(R"(, "logit_bias": [])"), "logit_bias");
  for (const char* id : {"", "-1", "05", "+5", "5 ", "x", "4294967296"}) {
    EXPECT_EQ(refused_chat(std::string(R"(, "logit_bias": {")") + id + "\": 1}"), "logit_bias")
        << id;
  }
  EXPECT_EQ(refused_chat(R"(, "top_logprobs": 3)"), "top_logprobs");
  EXPECT_EQ(refused_chat(R"(, "logprobs": true, "top_logprobs": 21)"), "top_logprobs");
  EXPECT_EQ(refused_chat(R"(, "logprobs": 3)"), "logprobs");
  EXPECT_EQ(refused_chat(R"(, "n": 1, "logit_bias": {}, "presence_penalty": 0.0)"), "");
  EXPECT_EQ(refused_chat(R"(, "temperature": -1)"), "temperature");
  EXPECT_EQ(refused_chat(R"(, "seed": 1e30)"), "seed");
  EXPECT_EQ(refused_chat(R"(, "seed": 18446744073709551616)"), "seed");
  EXPECT_EQ(refused_chat(R"(, "stream_options": {})"), "stream_options");
  EXPECT_EQ(refused_chat(R"(, "response_format": {"type": "xml"})"), "response_format.type");
  EXPECT_EQ(refused_chat(R"(, "response_format": {"type": "json_schema"})"),
            "response_format.json_schema");
  EXPECT_EQ(refused_chat(R"(, "tools": [{"type": "function", "function": {"name": "a b"}}])"),
            "tools[0].function.name");
  EXPECT_EQ(refused_chat(R"(, "tool_choice": "required")"), "tool_choice");
  EXPECT_EQ(refused_chat(R"(, "tool_choice": {"type": "function", "name": "f"})"), "tool_choice");
  EXPECT_EQ(refused_chat(R"(, "parallel_tool_calls": 1)"), "parallel_tool_calls");
  EXPECT_EQ(refused_chat(R"(, "function_call": "none", "functions": [])"), "");
  EXPECT_EQ(refused_chat(R"(, "function_call": "auto")"), "function_call");
  EXPECT_EQ(refused_chat(R"(, "guided_regex": "a+")"), "guided_regex");
  EXPECT_EQ(refused_chat(R"(, "guided_json": "a")"), "guided_json");
  EXPECT_EQ(refused_chat(R"(, "structured_outputs": {"choice": ["a"]})"),
            "structured_outputs.choice");
  EXPECT_EQ(refused_chat(R"(, "structured_outputs": {"json": 1})"), "structured_outputs.json");
  EXPECT_EQ(refused_chat(R"(, "guided_json": {}, "tool_choice": "required",
                            "tools": [{"type": "function", "function": {"name": "f"}}])"),
            "guided_json");
  EXPECT_EQ(refused(R"({"messages": [{"role": "user"}]})", read_chat), "messages[0].content");
  EXPECT_EQ(refused(R"({"prompt": ["a", "b"]})", read_completion), "prompt");
  EXPECT_EQ(refused(R"({"prompt": [1, -2]})", read_completion), "prompt");
  EXPECT_EQ(refused(R"({"prompt": [1, 4294967296]})", read_completion), "prompt");
  EXPECT_EQ(refused(R"({"prompt": [[1], [2]]})", read_completion), "prompt");
  EXPECT_EQ(refused(R"({"prompt": []})", read_completion), "prompt");
  EXPECT_EQ(refused(R"({"prompt": {"a": 1}})", read_completion), "prompt");
  EXPECT_EQ(refused(R"({"prompt": "a", "suffix": "b"})", read_completion), "suffix");
  EXPECT_EQ(refused(R"({})", read_completion), "prompt");
}

TEST(ServeReply, ChunksAreWhatClientsRead) {
  const AnswerHead head{.chat = true, .id = "i", .created = 5, .model = "m"};
  const Json first = first_chunk(head, 0);
  EXPECT_EQ(first["object"], "chat.completion.chunk");
  EXPECT_EQ(first["choices"][0]["delta"]["role"], "assistant");
  EXPECT_TRUE(first["choices"][0]["finish_reason"].is_null());
  const Json calls =
      chunk_json(head, {.reasoning = {}, .content = {}, .calls = {{"c", "f", "{}"}}}, 2);
  EXPECT_EQ(calls["choices"][0]["delta"]["tool_calls"][0]["index"], 2);
  EXPECT_EQ(calls["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"], "{}");
  EXPECT_FALSE(calls["choices"][0]["delta"].contains("content"));
  const Json last = last_chunk(head, 1, FinishReason::tool_calls);
  EXPECT_EQ(last["choices"][0]["delta"], Json::object());
  EXPECT_EQ(last["choices"][0]["finish_reason"], "tool_calls");
  EXPECT_EQ(usage_chunk(head, {3, 1, 4})["usage"]["total_tokens"], 7);
  EXPECT_EQ(event(Json::parse(R"({"a":"x\ny"})")), "data: {\"a\":\"x\\ny\"}\n\n");
}

TEST(ServeReply, ErrorsHaveAllFields) {
  EXPECT_EQ(dump(error_json(invalid("p", "m"))),
            R"({"error":{"message":"m","type":"invalid_request_error","param":"p","code":null}})");
  // Text that is not UTF-8 does not break the reply.
  Json broken = Json::object();
  broken["a"] = "\xFF";
  EXPECT_TRUE(Json::accept(dump(broken)));
}

}  // namespace
}  // namespace ringlet::serve
