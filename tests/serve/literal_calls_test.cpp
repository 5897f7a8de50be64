#include <gtest/gtest.h>

#include "serve/protocol/call_list.hpp"
#include "serve/protocol/call_readers.hpp"

namespace ringlet::serve {
namespace {

const Functions offered(Json::parse(R"([
  {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
    {"city": {"type": "string"}, "days": {"type": "integer"}, "on": {"type": "boolean"},
     "tags": {"type": "array", "items": {"type": "string"}},
     "part": {"type": "object", "properties": {"zip": {"type": "string"}}}}}}},
  {"type": "function", "function": {"name": "home.on"}},
  {"type": "function", "function": {"name": "put", "parameters": {"type": "object", "properties":
    {"record": {"type": "object"}, "where": {"type": "string"}}}}}])"));

/// The calls in a text that is nothing else.
std::vector<ToolCall> whole(CallSyntax syntax, std::string_view text) {
  const CallList list = read_call_list(text, syntax, offered);
  return list.is_whole && list.rest.empty() && list.other.empty() ? list.calls
                                                                  : std::vector<ToolCall>{};
}
std::string arguments(CallSyntax syntax, std::string_view text) {
  const std::vector<ToolCall> calls = whole(syntax, text);
  return calls.size() == 1 ? calls.front().arguments : "none";
}
std::string gemma(std::string_view inside) {
  return arguments(CallSyntax::gemma, "call:f{" + std::string(inside) + "}");
}
std::string python(std::string_view inside) {
  return arguments(CallSyntax::python, "[f(" + std::string(inside) + ")]");
}

/// The first two are what the template of Gemma 4 writes for such calls.
TEST(ServeLiteralCalls, GemmaQuotesTextsWithAToken) {
  EXPECT_EQ(gemma(R"(city:<|"|>Aix-en-Provence, "le Sud"<|"|>,days:3)"),
            R"({"city":"Aix-en-Provence, \"le Sud\"","days":3})");
  EXPECT_EQ(gemma(R"(list:[1,-2.5,<|"|>a<|"|>],on:true,part:{<|"|>k<|"|>:null,x:false})"),
            R"({"list":[1,-2.5,"a"],"on":true,"part":{"k":null,"x":false}})");
  EXPECT_EQ(gemma(""), "{}");
  EXPECT_EQ(gemma(R"( city : "Rome" )"), R"({"city":"Rome"})");
  EXPECT_EQ(gemma("city:<|\"|>two\nlines \\ and \x01<|\"|>"),
            R"({"city":"two\nlines \\ and \u0001"})");
  EXPECT_EQ(arguments(CallSyntax::gemma, "call:home.on{}"), "{}");
}

TEST(ServeLiteralCalls, GemmaLeavesOutWhatIsCertain) {
  EXPECT_EQ(gemma("city:Rome"), R"({"city":"Rome"})");
  EXPECT_EQ(gemma("city:New York,when:2026-01-01"), R"({"city":"New York","when":"2026-01-01"})");
  EXPECT_EQ(gemma("part:{zip:2139},tags:[a,b c]"), R"({"part":{"zip":"2139"},"tags":["a","b c"]})");
  for (const char* text :
       {"call:f{days:1<tool_call|>", "call:f(days: 1)<tool_call|>", "call:f(days=1<tool_call|>",
        "f{days:1}<tool_call|>", ":call:f{days:1}<tool_call|>"}) {
    const CallList list = read_call_list(text, CallSyntax::gemma, offered);
    ASSERT_EQ(list.calls.size(), 1U) << text;
    EXPECT_EQ(list.calls.front().arguments, R"({"days":1})") << text;
    EXPECT_EQ(list.rest, "<tool_call|>") << text;
  }
  EXPECT_EQ(read_call_list("call:f<tool_call|>", CallSyntax::gemma, offered).calls.size(), 1U);
  for (const char* text : {"call:f{}call:home.on{}", "call:f{},call:home.on{}"}) {
    EXPECT_EQ(whole(CallSyntax::gemma, text).size(), 2U) << text;
  }
}

TEST(ServeLiteralCalls, GemmaStaysTextIfItIsNoCall) {
  for (const char* text :
       {R"(city:<|"|>Rome)", "city", "city:", "days:x", "days:1,,days:2", "days:1,days:2",
        "days:1 2", "days:0x1", "list:[1", "days:1}{", "days:--1", "city:say(1)"}) {
    EXPECT_EQ(gemma(text), "none") << text;
  }
  for (const char* text :
       {"call:other{}", "call:f", "call:f{} and more", "call:{}", "call:f{days:1", ""}) {
    EXPECT_EQ(whole(CallSyntax::gemma, text).size(), 0U) << text;
  }
}

TEST(ServeLiteralCalls, KeysAreInAnyScript) {
  EXPECT_EQ(gemma("größe:1,@at:2,$ref:3,my key:4"), R"({"größe":1,"@at":2,"$ref":3,"my key":4})");
  EXPECT_EQ(python("größe=1, @at=2, 日=3"), R"({"größe":1,"@at":2,"日":3})");
}

TEST(ServeLiteralCalls, ValuesHaveTheTypesOfTheSchema) {
  EXPECT_EQ(gemma("city:12,days:<|\"|>3<|\"|>,on:true"), R"({"city":"12","days":3,"on":true})");
  EXPECT_EQ(python("city=02139, days='3', on='True'"), R"({"city":"02139","days":3,"on":true})");
  EXPECT_EQ(python("city=Rome, days=None"), R"({"city":"Rome","days":null})");
  EXPECT_EQ(python("city=True, zip=02139, days=07"), R"({"city":"True","zip":"02139","days":7})");
  EXPECT_EQ(python("tags='[\"a\"]', days='many'"), R"({"tags":["a"],"days":"many"})");
  EXPECT_EQ(python("days=many"), "none");
}

TEST(ServeLiteralCalls, NumbersKeepTheirDigits) {
  EXPECT_EQ(python("days=12345678901234567890123, x=0.1000000000000000000001"),
            R"({"days":12345678901234567890123,"x":0.1000000000000000000001})");
  EXPECT_EQ(gemma("days:12345678901234567890123"), R"({"days":12345678901234567890123})");
  EXPECT_EQ(python("days=1_000, a=.5, b=1E+5, c=2., d=+1, e=-0.0, f=1e400"),
            R"({"days":1000,"a":0.5,"b":1E+5,"c":2.0,"d":1,"e":-0.0,"f":1e400})");
}

TEST(ServeLiteralCalls, PythonHasKeywordsAndPlaces) {
  EXPECT_EQ(python(R"(city="Rome", days=3)"), R"({"city":"Rome","days":3})");
  EXPECT_EQ(python(R"('Rome', days=1e+2)"), R"({"city":"Rome","days":1e+2})");
  EXPECT_EQ(python(R"("Rome", 3)"), R"({"city":"Rome","days":3})");
  EXPECT_EQ(python(R"(city='it\'s "so"', x={'a': [True, None], "b": (1, 2), 3: (4)},)"),
            R"({"city":"it's \"so\"","x":{"a":[true,null],"b":[1,2],"3":4}})");
  EXPECT_EQ(python(""), "{}");
  EXPECT_EQ(python("days: 1"), R"({"days":1})");
  const auto two = whole(CallSyntax::python, "[f(days=1), home.on()]");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two.back().name, "home.on");
  EXPECT_EQ(arguments(CallSyntax::python, "f(days=1)"), R"({"days":1})");
  EXPECT_EQ(arguments(CallSyntax::python, "[functions.f(days=1)]"), R"({"days":1})");
}

TEST(ServeLiteralCalls, ObjectInFirstPlaceHasTheArguments) {
  EXPECT_EQ(python("{'days': 1}"), R"({"days":1})");
  EXPECT_EQ(python("**{'days': 1, 'x': 2}"), R"({"days":1,"x":2})");
  EXPECT_EQ(python("{'x': 2}"), R"({"x":2})");
  // Unless the first parameter is an object.
  EXPECT_EQ(arguments(CallSyntax::python, "put({'x': 1}, 'a')"),
            R"({"record":{"x":1},"where":"a"})");
  EXPECT_EQ(arguments(CallSyntax::python, "put({'where': 'a'})"), R"({"where":"a"})");
}

TEST(ServeLiteralCalls, PythonDividesCalls) {
  for (const char* text :
       {"[f(), home.on()]", "[f(),\n home.on(),]", "[f()\n home.on()]", "f()\nhome.on()",
        "f(); home.on()", "[f()] [home.on()]", "[{'name': 'f'}, home.on()]"}) {
    EXPECT_EQ(whole(CallSyntax::python, text).size(), 2U) << text;
  }
}

TEST(ServeLiteralCalls, PythonStaysTextIfItIsNoCall) {
  for (const char* text :
       {"city=", "days=1, days=2", "\"Rome\", 3, true, [], {}, 6", "days=1 2", "city=\"Rome",
        "days=1;", "city", "city=a.b()", "city='a' + 'b'", "city='a' days=1", "days=f'1'",
        "city=\"a\"\"b", "days=(1", "{days}", "on=True, \"Rome\"", "**{'days': 1}, \"Rome\""}) {
    EXPECT_EQ(python(text), "none") << text;
  }
  for (const char* text :
       {"[other()]", "f()]", "[]", "f", "[f() f()]", "f() then", "[f()] then", ""}) {
    EXPECT_EQ(whole(CallSyntax::python, text).size(), 0U) << text;
  }
}

TEST(ServeLiteralCalls, NestingIsBounded) {
  const auto nested = [](std::size_t levels) {
    return python("x=" + std::string(levels, '[') + std::string(levels, ']'));
  };
  EXPECT_EQ(nested(100).size(), 206U);
  EXPECT_EQ(nested(1000), "none");
  EXPECT_EQ(python("x=" + std::string(100'000, '[')), "none");
  EXPECT_EQ(gemma("x:" + std::string(100'000, '{')), "none");
}

TEST(ServeLiteralCalls, WhatIsWrittenIsRead) {
  const Json all = Json::parse(
      R"({"city": "it's \"so\"\n\\", "days": -1.5, "x": [true, false, null, {"a b": []}], "y": {},
          "not a name": "'", "größe": "\\d", "": 1})");
  const std::string text = python_call("f", all);
  EXPECT_TRUE(text.starts_with(R"(f(city="it's \"so\"\n\\", days=-1.5, x=[True, False, None, )"))
      << text;
  EXPECT_NE(text.find(R"(**{"not a name": "'"}, größe=)"), std::string::npos) << text;
  EXPECT_EQ(arguments(CallSyntax::python, text), all.dump());
}

}  // namespace
}  // namespace ringlet::serve
