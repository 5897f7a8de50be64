#include "serve/protocol/tools_as_text.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {
namespace {

ChatRequest request_of(const char* messages) {
  const std::string body =
      std::string(R"({"tools": [{"type": "function", "function": {"name": "f"}}],)") +
      "\"messages\": " + messages + "}";
  return read_chat(parse_body(body));
}

std::string content(const Json& message) { return message["content"].get<std::string>(); }

TEST(ServeToolsAsText, AreInTheSystemMessage) {
  ChatRequest request = request_of(
      R"([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "x"}])");
  write_tools_as_text(request);
  EXPECT_TRUE(request.tools.is_null());
  ASSERT_EQ(request.messages.size(), 2U);
  EXPECT_TRUE(content(request.messages[0]).starts_with("Be kind.\n\n"));
  EXPECT_NE(
      content(request.messages[0])
          .find(R"({"name":"f","description":"","parameters":{"type":"object","properties":{}}})"),
      std::string::npos);
  EXPECT_EQ(content(request.messages[1]), "x");
}

TEST(ServeToolsAsText, OrBeforeTheFirstMessage) {
  ChatRequest request = request_of(R"([{"role": "user", "content": "x"}])");
  write_tools_as_text(request);
  ASSERT_EQ(request.messages.size(), 2U);
  EXPECT_EQ(request.messages[0]["role"], "system");
  write_system_as_text(request);
  ASSERT_EQ(request.messages.size(), 1U);
  EXPECT_EQ(request.messages[0]["role"], "user");
  EXPECT_TRUE(content(request.messages[0]).ends_with("\n\nx"));
}

TEST(ServeToolsAsText, CallsAndResultsBecomeMessages) {
  ChatRequest request = request_of(R"([
    {"role": "user", "content": "x"},
    {"role": "assistant", "content": null, "tool_calls": [
      {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}},
      {"id": "2", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "one"},
    {"role": "tool", "tool_call_id": "2", "content": "two"},
    {"role": "assistant", "content": "Done."}, {"role": "user", "content": "y"}])");
  write_calls_as_text(request);
  ASSERT_EQ(request.messages.size(), 5U);
  EXPECT_EQ(
      content(request.messages[1]),
      R"(<tool_call>{"name":"f","arguments":{"a":1}}</tool_call><tool_call>{"name":"f","arguments":{}}</tool_call>)");
  EXPECT_EQ(request.messages[2]["role"], "user");
  EXPECT_EQ(content(request.messages[2]),
            "<tool_response>one</tool_response>\n<tool_response>two</tool_response>");
  EXPECT_EQ(content(request.messages[4]), "y");
}

TEST(ServeToolsAsText, UserGoesOnBehindResults) {
  ChatRequest request = request_of(R"([
    {"role": "user", "content": "x"},
    {"role": "assistant", "content": "", "tool_calls": [
      {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "one"}, {"role": "user", "content": "y"}])");
  write_calls_as_text(request);
  ASSERT_EQ(request.messages.size(), 3U);
  EXPECT_EQ(content(request.messages[2]), "<tool_response>one</tool_response>\ny");
}

TEST(ServeToolsAsText, SystemStandsBeforeTheUser) {
  ChatRequest request = request_of(
      R"([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "x"}])");
  write_system_as_text(request);
  ASSERT_EQ(request.messages.size(), 1U);
  EXPECT_EQ(content(request.messages[0]), "Be kind.\n\nx");
  request = request_of(R"([{"role": "system", "content": "Be kind."}])");
  write_system_as_text(request);
  EXPECT_EQ(request.messages[0]["role"], "user");
}

TEST(ServeToolsAsText, CallsAreWrittenInTheSyntaxOfTheModel) {
  const char* messages = R"([{"role": "user", "content": "x"},
    {"role": "assistant", "content": "So. ", "tool_calls": [
      {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": \"b\"}"}},
      {"id": "2", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "one"}])";
  const std::string open(opening_stand_in);
  const std::string close(closing_stand_in);
  for (const auto& [syntax, text] :
       {std::pair(CallSyntax::python, "So. " + open + R"([f(a="b"), f()])" + close),
        std::pair(CallSyntax::granite,
                  "So. " + open +
                      R"([{"name":"f","arguments":{"a":"b"}}, {"name":"f","arguments":{}}])" +
                      close),
        std::pair(CallSyntax::tagged, "So. " + open + R"({"name":"f","arguments":{"a":"b"}})" +
                                          close + open + R"({"name":"f","arguments":{}})" +
                                          close)}) {
    ChatRequest request = request_of(messages);
    write_calls_in_syntax(request, syntax);
    EXPECT_EQ(content(request.messages[1]), text);
    EXPECT_FALSE(request.messages[1].contains("tool_calls"));
    EXPECT_EQ(request.messages[2]["role"], "tool");
  }
}

TEST(ServeToolsAsText, NobodyElseWritesStandIns) {
  for (const std::string_view stand_in : {opening_stand_in, closing_stand_in}) {
    ChatRequest request =
        request_of((R"([{"role": "user", "content": ")" + std::string(stand_in) + "\"}]").c_str());
    EXPECT_THROW(write_calls_in_syntax(request, CallSyntax::python), ApiError);
  }
}

}  // namespace
}  // namespace ringlet::serve
