// JSON of unknown origin: Python's numbers, and what has been read of an object.
#include "source/json_file.hpp"

#include <gtest/gtest.h>

#include <array>

#include "source/unread_settings.hpp"
#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

// Python's json module writes these; nobody reads most of them.
TEST(Json, PythonsNumbersCanStandWhereNobodyReadsThem) {
  const JsonDocument document(
      R"({"limit":[0.0,Infinity],"low":-Infinity,"x":NaN,"text":"NaN, \"Infinity\" and \\","n":3})",
      "a.json");
  const JsonField root = document.root();
  EXPECT_EQ(root.number("n"), 3);
  EXPECT_EQ(root.text("text"), "NaN, \"Infinity\" and \\");
  EXPECT_EQ(root.at("limit").array_size(), 2U);
  EXPECT_EQ(error_of([&] { (void)root.number("x"); }), "a.json: x = \"NaN\" must be a number");
  EXPECT_EQ(error_of([&] { (void)root.number("low"); }),
            "a.json: low = \"-Infinity\" must be a number");
  EXPECT_EQ(error_of([&] { (void)root.numbers("limit"); }),
            "a.json: limit[1] = \"Infinity\" must be a number");
}

TEST(Json, OtherWordsAreNoNumbers) {
  for (const char* text : {"{\"a\":nan}", "{\"a\":inf}", "{\"a\":NaN NaN}", "{\"a\":Infinit}",
                           "{NaN:1 \"", "{\"a\":\"NaN"}) {
    EXPECT_NE(error_of([&] { JsonDocument(text, "a.json"); }).find("is not valid JSON"),
              std::string::npos)
        << text;
  }
}

TEST(Json, KnowsWhichMembersNobodyRead) {
  const JsonDocument document(R"({"rope_a":1,"rope_b":2,"rope_c":null,"inner":{"rope_d":[]}})",
                              "a.json");
  const JsonField root = document.root();
  EXPECT_NE(error_of([&] { refuse_unread(root, {}); }).find("a.json: rope_a = 1 is not"),
            std::string::npos);
  EXPECT_EQ(root.count("rope_a"), 1U);
  EXPECT_NE(error_of([&] { refuse_unread(root, {}); }).find("rope_b = 2"), std::string::npos);
  EXPECT_TRUE(root.has("rope_b"));
  refuse_unread(root, {});
  EXPECT_NE(error_of([&] { refuse_unread(root.object("inner"), {}); }).find("inner: rope_d = []"),
            std::string::npos);
  constexpr std::array empty_is_harmless = {HarmlessSetting{"rope_d", "[]"}};
  refuse_unread(root.object("inner"), empty_is_harmless);
}

}  // namespace
}  // namespace ringlet::convert
