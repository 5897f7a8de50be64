#include "serve/protocol/tool_calls.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "serve/protocol/call_ids.hpp"

namespace ringlet::serve {
namespace {

struct Read {
  std::string content = {};
  std::vector<ToolCall> calls = {};

  friend bool operator==(const Read&, const Read&) = default;
};

const Json tools = Json::parse(R"([
  {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
    {"a": {"type": "integer"}, "text": {"type": "string"}, "list": {"type": "array"},
     "either": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "on": {"type": "boolean"},
     "of": {"enum": ["low", 2]}, "free": {}, "number": {"type": ["number", "null"]}}}}},
  {"type": "function", "function": {"name": "g"}}])");

/// Reads a text in pieces of so many bytes.
Read read(CallSyntax syntax, std::string_view text, std::size_t piece, bool begun = false) {
  CallReader reader(syntax, Functions(tools), begun);
  Read read;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    read.content += reader.next(text.substr(at, piece));
  }
  CallReader::End end = reader.finish();
  read.content += end.content;
  read.calls = std::move(end.calls);
  return read;
}

void expect(CallSyntax syntax, std::string_view text, const Read& wanted, bool begun = false) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
    EXPECT_EQ(read(syntax, text, piece, begun), wanted) << text << " in pieces of " << piece;
  }
}

const ToolCall f{"", "f", R"({"a":1})"};
const ToolCall g{"", "g", "{}"};

TEST(ServeToolCalls, AreReadInEverySyntax) {
  expect(CallSyntax::tagged,
         "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>", {"", {f}});
  expect(CallSyntax::tagged,
         "Wait. <tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1}}</tool_call>\n"
         "<tool_call>{\"name\": \"g\"}</tool_call>",
         {"Wait. ", {f, g}});
  expect(CallSyntax::tagged, "{\"name\": \"f\", \"arguments\": {\"a\": 1}}", {"", {f}}, true);
  expect(CallSyntax::tagged,
         "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1}}</tool_call>\n\nI did it. ",
         {"I did it.", {f}});
  expect(CallSyntax::bracket, R"([{"name": "f", "arguments": {"a": 1}}])", {"", {f}}, true);
  expect(CallSyntax::bracket,
         R"([TOOL_CALLS][{"name": "f", "arguments": {"a": 1}}, {"name": "g"}])", {"", {f, g}});
  expect(CallSyntax::plain, R"( {"name": "f", "parameters": {"a": 1}})", {"", {f}});
  expect(CallSyntax::plain, R"({"name": "f", "arguments": "{\"a\":1}"})", {"", {f}});
}

/// Qwen Coder's.
TEST(ServeToolCalls, ElementsHaveTheTypesOfTheSchema) {
  expect(
      CallSyntax::elements,
      "Well. <tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>",
      {"Well. ", {f}});
  const ToolCall all{
      "", "f", R"({"text":"12\n <b>\n","list":[1,"x"],"either":null,"on":true,"unknown":"7"})"};
  expect(CallSyntax::elements,
         "<tool_call>\n<function=f>\n<parameter=text>\n12\n <b>\n\n</parameter>\n"
         "<parameter=list>\n[1, \"x\"]\n</parameter>\n<parameter=either>\nNone\n</parameter>\n"
         "<parameter=on>\nTrue\n</parameter>\n<parameter=unknown>\n7\n</parameter>\n"
         "</function>\n</tool_call>",
         {"", {all}});
  // The tag left out, a parameter that is not closed, and two calls in one tag.
  expect(CallSyntax::elements,
         "<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>", {"", {f}});
  const ToolCall two{"", "f", R"({"a":1,"text":"b"})"};
  expect(CallSyntax::elements,
         "<tool_call><function=f>\n<parameter=a>\n1\n<parameter=text>\nb\n</parameter></function>\n"
         "<function=g></function></tool_call>",
         {"", {two, g}});
  expect(CallSyntax::elements,
         "<tool_call><function=g></function></tool_call>\n<tool_call><function=f><parameter=a>1"
         "</parameter></function></tool_call>",
         {"", {g, f}});
  // A call that is forced is JSON.
  expect(CallSyntax::elements, R"({"name": "f", "arguments": {"a": 1}})", {"", {f}}, true);
  for (const char* text :
       {"<tool_call><function=other></function></tool_call>", "<function=f", "<function=f>",
        "<tool_call><function=f>\nwords\n</function></tool_call>", "a < b and <func"}) {
    expect(CallSyntax::elements, text, {text, {}});
  }
}

TEST(ServeToolCalls, TextsOfDigitsAreNumbersWhereTheSchemaHasNumbers) {
  for (const auto& [parameter, value] :
       {std::pair("text", R"("12")"), std::pair("either", R"("12")"), std::pair("of", "12"),
        std::pair("free", "12"), std::pair("number", "12"), std::pair("unknown", R"("12")")}) {
    const std::string name = parameter;
    expect(CallSyntax::elements, "<function=f><parameter=" + name + ">12</parameter></function>",
           {"", {{"", "f", "{\"" + name + "\":" + value + "}"}}});
  }
  expect(CallSyntax::elements,
         "<function=f><parameter=either>true</parameter><parameter=of>low</parameter>"
         "<parameter=number>null</parameter></function>",
         {"", {{"", "f", R"({"either":"true","of":"low","number":null})"}}});
}

TEST(ServeToolCalls, NothingIsNoArguments) {
  for (const char* arguments : {"null", R"("")", "{}"}) {
    expect(CallSyntax::tagged,
           std::string(R"(<tool_call>{"name": "g", "arguments": )") + arguments + "}</tool_call>",
           {"", {g}});
  }
}

/// Those of newer models of Mistral.
TEST(ServeToolCalls, NamesStandBeforeArguments) {
  expect(CallSyntax::bracket, R"([TOOL_CALLS]f[ARGS]{"a": 1})", {"", {f}});
  expect(CallSyntax::bracket, R"([TOOL_CALLS]f[CALL_ID]abcdefghi[ARGS]{"a": 1})", {"", {f}});
  expect(CallSyntax::bracket, R"(So. [TOOL_CALLS]g[ARGS]{}[TOOL_CALLS]f[ARGS]{"a": 1})",
         {"So. ", {g, f}});
  const ToolCall quoting{"", "f", R"({"text":"[TOOL_CALLS]g[ARGS]{}"})"};
  expect(CallSyntax::bracket, R"([TOOL_CALLS]f[ARGS]{"text": "[TOOL_CALLS]g[ARGS]{}"})",
         {"", {quoting}});
  for (const char* text : {"[TOOL_CALLS]f[ARGS]", "[TOOL_CALLS]f[ARGS][1]",
                           "[TOOL_CALLS]other[ARGS]{}", "[TOOL_CALLS]f{}"}) {
    expect(CallSyntax::bracket, text, {text, {}});
  }
}

TEST(ServeToolCalls, OfGraniteGemmaAndLfm) {
  expect(CallSyntax::granite,
         R"(<|tool_call|>[{"name": "f", "arguments": {"a": 1}}, {"name": "g"}])", {"", {f, g}});
  expect(CallSyntax::granite, R"([{"name": "f", "arguments": {"a": 1}}])", {"", {f}}, true);
  expect(CallSyntax::gemma,
         "So. <|tool_call>call:f{a:1}<tool_call|><|tool_call>call:g{}<tool_call|>",
         {"So. ", {f, g}});
  expect(CallSyntax::gemma, R"({"name": "f", "arguments": {"a": 1}})", {"", {f}}, true);
  const ToolCall quoting{"", "f", R"({"text":"<tool_call|>"})"};
  expect(CallSyntax::gemma, R"(<|tool_call>call:f{text:<|"|><tool_call|><|"|>}<tool_call|>)",
         {"", {quoting}});
  expect(CallSyntax::python, "<|tool_call_start|>[f(a=1), g()]<|tool_call_end|>I look it up.",
         {"I look it up.", {f, g}});
  expect(CallSyntax::python, R"([{"name": "f", "arguments": {"a": 1}}])", {"", {f}}, true);
  for (const char* text : {"<|tool_call>call:f{a:1", "<|tool_call>call:f", "<|tool_call>"}) {
    expect(CallSyntax::gemma, text, {text, {}});
  }
}

TEST(ServeToolCalls, ArgumentsCanHoldTheClosingTag) {
  const ToolCall quoting{"", "f", R"({"text":"</tool_call>"})"};
  expect(CallSyntax::tagged,
         R"(<tool_call>{"name": "f", "arguments": {"text": "</tool_call>"}}</tool_call>)",
         {"", {quoting}});
}

TEST(ServeToolCalls, OtherTextsStayAsTheyAre) {
  for (const char* text : {"", "  ", "Hello", "a < b", "<tool_call", "<tool_call>{\"name\": \"f\"",
                           "<tool_call>{\"name\": \"other\"}</tool_call>", "{\"x\": 1}",
                           "Say {\"name\": \"f\"}", "[TOOL_CALLS] none"}) {
    for (const CallSyntax syntax : {CallSyntax::tagged, CallSyntax::bracket, CallSyntax::plain,
                                    CallSyntax::granite, CallSyntax::gemma, CallSyntax::python}) {
      expect(syntax, text, {text, {}});
    }
  }
}

TEST(ServeToolCalls, SchemaHasTheCallsOfTheRequest) {
  const Json any = Json::parse(call_schema(tools, "", CallSyntax::tagged));
  ASSERT_EQ(any["anyOf"].size(), 2U);
  EXPECT_EQ(any["anyOf"][0]["properties"]["name"]["const"], "f");
  const Json one = Json::parse(call_schema(tools, "g", CallSyntax::plain));
  EXPECT_EQ(one["properties"]["name"]["const"], "g");
  EXPECT_EQ(one["required"], Json::array({"name", "parameters"}));
  const Json list = Json::parse(call_schema(tools, "f", CallSyntax::bracket));
  EXPECT_EQ(list["type"], "array");
  EXPECT_EQ(list["items"]["properties"]["name"]["const"], "f");
}

TEST(ServeToolCalls, IdsHaveTheFormThatEveryTemplateTakes) {
  for (std::size_t index = 0; index < 200; ++index) {
    const std::string id = call_id("chatcmpl-0123456789abcdef", index);
    EXPECT_EQ(id.size(), 9U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"), std::string::npos);
    EXPECT_NE(id, call_id("chatcmpl-0123456789abcdef", index + 1));
    EXPECT_NE(id, call_id("chatcmpl-0123456789abcdee", index));
  }
}

TEST(ServeToolCalls, IdsOfOtherServersGetThatForm) {
  Json messages = Json::parse(R"([{"role": "user", "content": "x"},
    {"role": "assistant", "content": "", "tool_calls": [{"id": "call_1"}, {"id": "abcDEF123"}, {}]},
    {"role": "tool", "content": "", "tool_call_id": "call_1"},
    {"role": "tool", "content": "", "tool_call_id": "abcDEF123"}])");
  shorten_call_ids(messages);
  const Json calls = messages[1]["tool_calls"];
  EXPECT_EQ(calls[0]["id"].get<std::string>().size(), 9U);
  EXPECT_EQ(calls[0]["id"], messages[2]["tool_call_id"]);
  EXPECT_EQ(calls[1]["id"], "abcDEF123");
  EXPECT_EQ(messages[3]["tool_call_id"], "abcDEF123");
  EXPECT_EQ(calls[2]["id"].get<std::string>().size(), 9U);
  EXPECT_FALSE(messages[0].contains("tool_call_id"));
}

}  // namespace
}  // namespace ringlet::serve
