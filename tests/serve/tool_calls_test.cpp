#include "serve/protocol/tool_calls.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "serve/protocol/call_ids.hpp"
#include "serve/protocol/call_schema.hpp"

namespace ringlet::serve {
namespace {

struct Read {
  std::string content = {};
  std::vector<ToolCall> calls = {};

  friend bool operator==(const Read&, const Read&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Read& read) {
    out << read.content;
    for (const ToolCall& call : read.calls) out << " | " << call.name << call.arguments;
    return out;
  }
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

TEST(ServeToolCalls, WholeOnesStayWhereAnotherIsBad) {
  expect(CallSyntax::tagged,
         R"(<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call><tool_call>{"name": "g)",
         {R"({"name": "g)", {f}});
  expect(CallSyntax::tagged,
         R"(<tool_call>{"name": "h"}</tool_call><tool_call>{"name": "g"}</tool_call>)",
         {R"({"name": "h"})", {g}});
  expect(CallSyntax::elements,
         "<tool_call><function=g></function></tool_call><tool_call><function=f><parameter=a>1",
         {"<function=f><parameter=a>1", {g}});
  expect(CallSyntax::bracket,
         R"([TOOL_CALLS][{"name": "f", "arguments": {"a": 1}}, {"name": "h"}])",
         {R"({"name": "h"})", {f}});
  expect(CallSyntax::bracket, R"([TOOL_CALLS]g[ARGS]{}[TOOL_CALLS]f[ARGS]{"a")", {R"(f{"a")", {g}});
  expect(CallSyntax::granite, R"(<|tool_call|>[{"name": "g"}]<|tool_call|>[{"name": "h"}])",
         {R"({"name": "h"})", {g}});
  expect(CallSyntax::gemma, R"(<|tool_call>call:g{}<tool_call|><|tool_call>call:f{text:<|"|>x)",
         {"call:f{text:x", {g}});
  expect(CallSyntax::python, "<|tool_call_start|>[f(a=1), h(), g()]<|tool_call_end|>",
         {"h(),", {f, g}});
  expect(CallSyntax::python, "<|tool_call_start|>[f(a=1), g(x", {"g(x", {f}});
  expect(CallSyntax::plain, R"({"name": "f", "parameters": {"a": 1}}; {"name": "g)",
         {R"({"name": "g)", {f}});
}

/// What looks like one there can be the text of an argument.
TEST(ServeToolCalls, NoneIsReadBehindABadOne) {
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

TEST(ServeToolCalls, WordsStandBetweenThem) {
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

TEST(ServeToolCalls, NobodySeesControlTokens) {
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

TEST(ServeToolCalls, ArgumentsAreAnObject) {
  for (const char* arguments : {"5", "[1]", R"("words")", R"("[1]")", "true"}) {
    const std::string call = R"({"name": "f", "arguments": )" + std::string(arguments) + "}";
    expect(CallSyntax::plain, call, {call, {}});
    expect(CallSyntax::tagged, "<tool_call>" + call + "</tool_call>",
           {"<tool_call>" + call + "</tool_call>", {}});
    expect(CallSyntax::granite, "<|tool_call|>[" + call + R"(, {"name": "g"}])", {call + ",", {g}});
  }
  for (const char* none : {R"("null")", R"("{}")", R"(" ")"}) {
    expect(CallSyntax::plain, R"({"name": "g", "arguments": )" + std::string(none) + "}",
           {"", {g}});
  }
}

TEST(ServeToolCalls, NumbersKeepTheirDigits) {
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

TEST(ServeToolCalls, ManyMarksAndLevelsAreRead) {
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

TEST(ServeToolCalls, OfGraniteInItsOtherForms) {
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

TEST(ServeToolCalls, WithoutAMarkTheyAreTheWholeAnswer) {
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

TEST(ServeToolCalls, ElementsCanSpellTheirEnds) {
  const ToolCall spelled{"", "f", R"({"text":"a </function> b </tool_call>"})"};
  expect(CallSyntax::elements,
         "<tool_call><function=f><parameter=text>a </function> b </tool_call></parameter>"
         "</function></tool_call>",
         {"", {spelled}});
  // The last parameter is not closed.
  expect(CallSyntax::elements,
         "<tool_call>\n<function=f>\n<parameter=a>\n1\n</function>\n</tool_call>\n<tool_call>"
         "<function=f><parameter=a>1</parameter></function></tool_call>",
         {"", {f, f}});
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
