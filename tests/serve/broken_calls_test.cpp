// Calls among others that cannot be read, among words, and in unusual forms.
#include "reading_calls.hpp"

namespace ringlet::serve {
namespace {

using reading_calls::expect;
using reading_calls::f;
using reading_calls::g;

TEST(ServeBrokenCalls, WholeOnesStayWhereAnotherIsBad) {
  expect(CallSyntax::tagged,
         R"(<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call><tool_call>{"name": "g)",
         {R"(<tool_call>{"name": "g)", {f}});
  expect(CallSyntax::tagged,
         R"(<tool_call>{"name": "h"}</tool_call><tool_call>{"name": "g"}</tool_call>)",
         {R"(<tool_call>{"name": "h"}</tool_call>)", {g}});
  expect(CallSyntax::tagged,
         "<tool_call>{\"name\": \"g\"}</tool_call> The mark is <tool_call> in the prompt.",
         {"The mark is <tool_call> in the prompt.", {g}});
  expect(CallSyntax::elements,
         "<tool_call><function=g></function></tool_call><tool_call><function=f><parameter=a>1",
         {"<tool_call><function=f><parameter=a>1", {g}});
  expect(CallSyntax::bracket,
         R"([TOOL_CALLS][{"name": "f", "arguments": {"a": 1}}, {"name": "h"}])",
         {R"({"name": "h"})", {f}});
  expect(CallSyntax::bracket, R"([TOOL_CALLS]g[ARGS]{}[TOOL_CALLS]f[ARGS]{"a")", {R"(f{"a")", {g}});
  expect(CallSyntax::granite, R"(<|tool_call|>[{"name": "g"}]<|tool_call|>[{"name": "h"}])",
         {R"([{"name": "h"}])", {g}});
  expect(CallSyntax::gemma, R"(<|tool_call>call:g{}<tool_call|><|tool_call>call:f{text:<|"|>x)",
         {"call:f{text:x", {g}});
  expect(CallSyntax::python, "<|tool_call_start|>[f(a=1), h(), g()]<|tool_call_end|>",
         {"h(),", {f, g}});
  expect(CallSyntax::python, "<|tool_call_start|>[f(a=1), g(x", {"g(x", {f}});
  expect(CallSyntax::plain, R"({"name": "f", "parameters": {"a": 1}}; {"name": "g)",
         {R"({"name": "g)", {f}});
}

/// What looks like one there can be the text of an argument.
TEST(ServeBrokenCalls, NoneIsReadBehindABadOne) {
  expect(CallSyntax::tagged,
         R"(<tool_call>{"name": "f", "arguments": {"text": "</tool_call>)"
         "\n<tool_call>{\"name\": \"g\"}</tool_call>",
         {R"(<tool_call>{"name": "f", "arguments": {"text": "</tool_call>)"
          "\n<tool_call>{\"name\": \"g\"}</tool_call>",
          {}});
  expect(CallSyntax::python,
         "<|tool_call_start|>[f(text=']<|tool_call_end|><|tool_call_start|>[g()]",
         {"[f(text='][g()]", {}});
}

TEST(ServeBrokenCalls, WordsStandBetweenThem) {
  expect(CallSyntax::tagged,
         "<tool_call>{\"name\": \"g\"}</tool_call>\nAnd: <tool_call>{\"name\": \"g\"}</tool_call>",
         {"And:", {g, g}});
  expect(CallSyntax::elements, "<function=g></function>\nAnd:\n<function=g></function> Done.",
         {"And:\n Done.", {g, g}});
  expect(CallSyntax::gemma,
         "<|tool_call>call:g{}<tool_call|>And:<|tool_call>call:g{}<tool_call|>Done.",
         {"And:Done.", {g, g}});
  expect(
      CallSyntax::python,
      "So.<|tool_call_start|>[g()]<|tool_call_end|>And:<|tool_call_start|>[g()]<|tool_call_end|>",
      {"So.And:", {g, g}});
  expect(CallSyntax::granite, R"(<|tool_call|>[{"name": "g"}] And: <|tool_call|>[{"name": "g"}])",
         {"And:", {g, g}});
  expect(CallSyntax::bracket, R"([TOOL_CALLS][{"name": "g"}] And: [TOOL_CALLS]g[ARGS]{})",
         {"And:", {g, g}});
}

TEST(ServeBrokenCalls, NobodySeesControlTokens) {
  expect(CallSyntax::python, "<|tool_call_start|>[g()]<|tool_call_end|>[g()]<|tool_call_end|>",
         {"[g()]", {g}});
  expect(CallSyntax::python, "<|tool_call_start|>", {"", {}});
  expect(CallSyntax::python, "<|tool_call_start|>[other()]<|tool_call_end|>", {"[other()]", {}});
  expect(CallSyntax::gemma, R"(So. <|tool_call>call:f{text:<|"|>Rom)", {"So. call:f{text:Rom", {}});
  expect(CallSyntax::gemma, "<|tool_call><|tool_call>call:g{}<tool_call|><tool_call|>", {"", {g}});
  expect(CallSyntax::bracket, "[TOOL_CALLS]f[ARGS]{", {"f{", {}});
  expect(CallSyntax::granite, "<|tool_call|>[", {"[", {}});
  // A tag is a text.
  expect(CallSyntax::tagged, "<tool_call>{", {"<tool_call>{", {}});
}

TEST(ServeBrokenCalls, ArgumentsAreAnObject) {
  for (const char* arguments : {"5", "[1]", R"("words")", R"("[1]")", "true"}) {
    const std::string call = R"({"name": "f", "arguments": )" + std::string(arguments) + "}";
    expect(CallSyntax::plain, call, {call, {}});
    expect(CallSyntax::tagged, "<tool_call>" + call + "</tool_call>",
           {"<tool_call>" + call + "</tool_call>", {}});
    expect(CallSyntax::granite, "<|tool_call|>[" + call + R"(, {"name": "g"}])", {call + ",", {g}});
  }
  for (const char* other : {R"("args": {"a": 1})", R"("input": "{}")", R"("a": 1)"}) {
    const std::string call = R"({"name": "f", )" + std::string(other) + "}";
    expect(CallSyntax::plain, call, {call, {}});
  }
  expect(CallSyntax::plain, R"({"id": "c1", "type": "function", "name": "g"})", {"", {g}});
  for (const char* none : {R"("null")", R"("{}")", R"(" ")"}) {
    expect(CallSyntax::plain, R"({"name": "g", "arguments": )" + std::string(none) + "}",
           {"", {g}});
  }
}

TEST(ServeBrokenCalls, NumbersKeepTheirDigits) {
  for (const char* digits : {"12345678901234567890123", "-9007199254740993.10", "1e400", "1.0"}) {
    const ToolCall exact{"", "f", "{\"a\":" + std::string(digits) + "}"};
    const std::string a = R"({"a": )" + std::string(digits) + "}";
    const std::string call = R"({"name": "f", "arguments": )" + a + "}";
    expect(CallSyntax::tagged, "<tool_call>" + call + "</tool_call>", {"", {exact}});
    expect(CallSyntax::bracket, "[TOOL_CALLS]f[ARGS]" + a, {"", {exact}});
    expect(CallSyntax::elements,
           "<function=f><parameter=a>" + std::string(digits) + "</parameter></function>",
           {"", {exact}});
    expect(CallSyntax::plain,
           R"({"name": "f", "arguments": "{\"a\": )" + std::string(digits) + "}\"}", {"", {exact}});
  }
}

TEST(ServeBrokenCalls, ManyMarksAndLevelsAreRead) {
  std::string marks;
  for (int i = 0; i < 100; ++i) marks += "</tool_call><tool_call|><|tool_call_end|>[TOOL_CALLS]";
  const std::string levels = std::string(60, '[') + std::string(60, ']');
  const ToolCall call{"", "f", R"({"text":")" + marks + R"(","list":)" + levels + "}"};
  const std::string json = R"({"name": "f", "arguments": )" + call.arguments + "}";
  expect(CallSyntax::tagged, "<tool_call>" + json + "</tool_call>", {"", {call}});
  expect(CallSyntax::bracket, "[TOOL_CALLS][" + json + "]", {"", {call}});
  expect(CallSyntax::granite, "<|tool_call|>[" + json + "]", {"", {call}});
  expect(CallSyntax::gemma,
         R"(<|tool_call>call:f{text:<|"|>)" + marks + R"(<|"|>,list:)" + levels + "}<tool_call|>",
         {"", {call}});
  expect(CallSyntax::python,
         "<|tool_call_start|>[f(text='" + marks + "', list=" + levels + ")]<|tool_call_end|>",
         {"", {call}});
  expect(CallSyntax::elements,
         "<function=f><parameter=text>" + marks + "</parameter><parameter=list>" + levels +
             "</parameter></function>",
         {"", {call}});
}

TEST(ServeBrokenCalls, OfGraniteInItsOtherForms) {
  for (const char* text :
       {R"(<tool_call>[{"name": "f", "arguments": {"a": 1}}])",
        R"(<|tool_call|> [ {"arguments": {"a": 1}, "name": "f"} ]</tool_call>)",
        R"(<|tool_call|>[{"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}])",
        R"(<|tool_call|>{"name": "f", "arguments": {"a": 1}})", "<|tool_call|>[f(a=1)]",
        "<|tool_call|>f(a=1)", R"([{"name": "f", "arguments": {"a": 1}}])", " f(a=1)",
        "<|tool_call|>[{'name': 'f', 'arguments': {'a': 1}}]"}) {
    expect(CallSyntax::granite, text, {"", {f}});
  }
  expect(CallSyntax::granite, "<|tool_call|>[{\"name\": \"g\"}]\nDone.", {"Done.", {g}});
  for (const char* between : {" ", "\n", ""}) {
    expect(CallSyntax::granite,
           R"(<|tool_call|>[{"name": "g"}])" + std::string(between) + R"([{"name": "g"}])",
           {"", {g, g}});
  }
}

TEST(ServeBrokenCalls, WithoutAMarkTheyAreTheWholeAnswer) {
  expect(CallSyntax::python, "[f(a=1), g()]", {"", {f, g}});
  expect(CallSyntax::gemma, "call:f{a:1}<tool_call|>", {"", {f}});
  expect(CallSyntax::plain, R"([{"name": "g"}])", {"", {g}});
  expect(CallSyntax::plain, R"({"name": "g"}; {"name": "g"})", {"", {g, g}});
  for (const char* text : {"[f(a=1)] would do it.", "f(a=1) would do it.", "[f(a=1", "find it"}) {
    expect(CallSyntax::python, text, {text, {}});
  }
  expect(CallSyntax::gemma, "call:f{a:1} would do it.", {"call:f{a:1} would do it.", {}});
  expect(CallSyntax::gemma, "call: <|tool_call>call:g{}<tool_call|>", {"call:", {g}});
}

TEST(ServeBrokenCalls, ElementsCanSpellTheirEnds) {
  const ToolCall spelled{"", "f", R"({"text":"a </function> b </tool_call>"})"};
  expect(CallSyntax::elements,
         "<tool_call><function=f><parameter=text>a </function> b </tool_call></parameter>"
         "</function></tool_call>",
         {"", {spelled}});
  const std::string written =
      "<tool_call>\n<function=g>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>";
  for (const std::string& text :
       std::vector<std::string>{written, written + "\n" + written, written + " and <function=g",
                                "a </function></tool_call> b", "x = 1\n<parameter=other>\n2",
                                "<function=g> begins one"}) {
    expect(CallSyntax::elements,
           "<tool_call>\n<function=f>\n<parameter=text>\n" + text +
               "\n</parameter>\n</function>\n</tool_call>\n<tool_call><function=g></function>"
               "</tool_call>",
           {"", {{"", "f", Json({{"text", text}}).dump()}, g}});
  }
  expect(CallSyntax::elements,
         "<tool_call>\n<function=f>\n<parameter=a>\n1\n</function>\n</tool_call>\n<tool_call>"
         "<function=f><parameter=a>1</parameter></function></tool_call>",
         {"", {f, f}});
  // Neither is the function.
  expect(CallSyntax::elements,
         "<tool_call><function=f><parameter=a>1</parameter></tool_call><tool_call><function=g>"
         "</tool_call>",
         {"", {f, g}});
  expect(CallSyntax::elements, "<function=f><parameter=a>1</parameter>",
         {"<function=f><parameter=a>1</parameter>", {}});
}

}  // namespace
}  // namespace ringlet::serve
