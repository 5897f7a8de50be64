#include "serve/protocol/tool_calls.hpp"

#include "reading_calls.hpp"

namespace ringlet::serve {
namespace {

using reading_calls::expect;
using reading_calls::f;
using reading_calls::g;

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
  for (const char* text :
       {"[TOOL_CALLS]f[ARGS]", "[TOOL_CALLS]f[ARGS][1]", "[TOOL_CALLS]other[ARGS]{}"}) {
    expect(CallSyntax::bracket, text, {without_marks(text, marks_of(CallSyntax::bracket)), {}});
  }
  expect(CallSyntax::bracket, R"([TOOL_CALLS]f{"a": 1})", {"", {f}});
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
  for (const char* text : {"call:f{a:1", "call:f", ""}) {
    expect(CallSyntax::gemma, std::string("<|tool_call>") + text, {text, {}});
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
                           "Say {\"name\": \"f\"}", "[1] none", "f() is one"}) {
    for (const CallSyntax syntax : {CallSyntax::tagged, CallSyntax::bracket, CallSyntax::plain,
                                    CallSyntax::granite, CallSyntax::gemma, CallSyntax::python}) {
      expect(syntax, text, {text, {}});
    }
  }
}

}  // namespace
}  // namespace ringlet::serve
