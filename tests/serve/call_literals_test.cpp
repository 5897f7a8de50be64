#include "serve/protocol/call_literals.hpp"

#include <gtest/gtest.h>

#include "serve/protocol/tool_calls.hpp"

namespace ringlet::serve {
namespace {

const Functions functions(Json::parse(R"([
  {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
    {"city": {"type": "string"}, "days": {"type": "integer"}}}}},
  {"type": "function", "function": {"name": "home.on"}}])"));

std::string arguments(const std::optional<std::vector<ToolCall>>& calls) {
  return calls && calls->size() == 1 ? calls->front().arguments : "none";
}
std::string gemma(std::string_view inside) {
  return arguments(read_gemma_call("call:f{" + std::string(inside) + "}", functions));
}
std::string python(std::string_view inside) {
  return arguments(read_python_calls("[f(" + std::string(inside) + ")]", functions));
}

/// The first two are what the template of Gemma 4 writes for such calls.
TEST(ServeCallLiterals, GemmaQuotesTextsWithAToken) {
  EXPECT_EQ(gemma(R"(city:<|"|>Aix-en-Provence, "le Sud"<|"|>,days:3)"),
            R"({"city":"Aix-en-Provence, \"le Sud\"","days":3})");
  EXPECT_EQ(gemma(R"(list:[1,-2.5,<|"|>a<|"|>],on:true,part:{<|"|>k<|"|>:null,x:false})"),
            R"({"list":[1,-2.5,"a"],"on":true,"part":{"k":null,"x":false}})");
  EXPECT_EQ(gemma(""), "{}");
  EXPECT_EQ(gemma(R"( city : "Rome" )"), R"({"city":"Rome"})");
  EXPECT_EQ(gemma("city:<|\"|>two\nlines \\ and \x01<|\"|>"),
            R"({"city":"two\nlines \\ and \u0001"})");
  EXPECT_EQ(arguments(read_gemma_call("call:home.on{}", functions)), "{}");
}

TEST(ServeCallLiterals, GemmaStaysTextIfItIsNoCall) {
  for (const char* text : {R"(city:<|"|>Rome)", "city", "city:", "city:Rome", "days:1,,days:2",
                           "days:1 2", "days:0x1", "list:[1", "days:1}{", "days:--1"}) {
    EXPECT_EQ(gemma(text), "none") << text;
  }
  for (const char* text : {"call:other{}", "f{}", "call:f", "call:f{} and more", "call:{}", ""}) {
    EXPECT_FALSE(read_gemma_call(text, functions)) << text;
  }
}

TEST(ServeCallLiterals, PythonHasKeywordsAndPlaces) {
  EXPECT_EQ(python(R"(city="Rome", days=3)"), R"({"city":"Rome","days":3})");
  EXPECT_EQ(python(R"('Rome', days=1e+2)"), R"({"city":"Rome","days":100.0})");
  EXPECT_EQ(python(R"("Rome", 3)"), R"({"city":"Rome","days":3})");
  EXPECT_EQ(python(R"(city='it\'s "so"', x={'a': [True, None], "b": (1, 2)},)"),
            R"({"city":"it's \"so\"","x":{"a":[true,null],"b":[1,2]}})");
  EXPECT_EQ(python(R"(city="a\tb\u00e9")"), R"({"city":"a\tbé"})");
  EXPECT_EQ(python(""), "{}");
  const auto two = read_python_calls("[f(days=1), home.on()]", functions);
  ASSERT_TRUE(two && two->size() == 2);
  EXPECT_EQ(two->back().name, "home.on");
  EXPECT_EQ(arguments(read_python_calls("f(days=1)", functions)), R"({"days":1})");
}

TEST(ServeCallLiterals, PythonStaysTextIfItIsNoCall) {
  for (const char* text : {"city=Rome", "city=", "days=1, days=2", "\"Rome\", 3, 4", "days=1 2",
                           "city=\"Rome", "days=1;", "city='\\x41'", "days=+1"}) {
    EXPECT_EQ(python(text), "none") << text;
  }
  for (const char* text : {"[other()]", "[f()", "f()]", "[]", "f", "[f() f()]", "f() then", ""}) {
    EXPECT_FALSE(read_python_calls(text, functions)) << text;
  }
  EXPECT_FALSE(read_python_calls("f(x=" + std::string(100'000, '['), functions));
}

TEST(ServeCallLiterals, WhatIsWrittenIsRead) {
  const Json all = Json::parse(
      R"({"city": "it's \"so\"\n\\", "days": -1.5, "x": [true, false, null, {"a b": []}], "y": {}})");
  const std::string text = python_call("f", all);
  EXPECT_TRUE(text.starts_with(R"(f(city="it's \"so\"\n\\", days=-1.5, x=[True, False, None, )"))
      << text;
  EXPECT_EQ(arguments(read_python_calls(text, functions)), all.dump());
}

}  // namespace
}  // namespace ringlet::serve
