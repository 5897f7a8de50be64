#include "serve/protocol/tools_as_text.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "serve/protocol/stand_ins.hpp"

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
  EXPECT_NE(content(request.messages[0]).find(R"({"name":"f"})"), std::string::npos);
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
  ASSERT_EQ(request.written_calls.size(), 1U);
  const WrittenCalls& written = request.written_calls.front();
  EXPECT_EQ(content(request.messages[1]), written.stand_in);
  EXPECT_EQ(written.calls, (std::vector<std::string>{R"({"name":"f","arguments":{"a":1}})",
                                                     R"({"name":"f","arguments":{}})"}));
  EXPECT_FALSE(written.has_marks);
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
  using Texts = std::vector<std::string>;
  for (const auto& [syntax, texts] :
       {std::pair(CallSyntax::python, Texts{R"([f(a="b"), f()])"}),
        std::pair(CallSyntax::granite,
                  Texts{R"([{"name":"f","arguments":{"a":"b"}}, {"name":"f","arguments":{}}])"}),
        std::pair(CallSyntax::tagged, Texts{R"({"name":"f","arguments":{"a":"b"}})",
                                            R"({"name":"f","arguments":{}})"})}) {
    ChatRequest request = request_of(messages);
    write_calls_in_syntax(request, syntax);
    ASSERT_EQ(request.written_calls.size(), 1U);
    EXPECT_EQ(request.written_calls.front().calls, texts);
    EXPECT_TRUE(request.written_calls.front().has_marks);
    EXPECT_EQ(content(request.messages[1]), "So. " + request.written_calls.front().stand_in);
    EXPECT_FALSE(request.messages[1].contains("tool_calls"));
    EXPECT_EQ(request.messages[2]["role"], "tool");
  }
}

TEST(ServeToolsAsText, StandInsAreNowhereElse) {
  std::string said;
  ChatRequest request = request_of(R"([{"role": "user", "content": "x"}])");
  for (int round = 0; round < 5; ++round) {
    const std::vector<std::string> found = find_stand_ins(request, 3);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_NE(found[0], found[1]);
    for (const std::string& one : found) EXPECT_EQ(said.find(one), std::string::npos);
    said += found[0] + found[2];
    request.messages[0]["content"] = said;
  }
  request.variables["\U00040001"] = 1;
  EXPECT_TRUE(find_stand_ins(request, 0).empty());
}

}  // namespace
}  // namespace ringlet::serve
