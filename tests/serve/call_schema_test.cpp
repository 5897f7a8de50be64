#include "serve/protocol/call_schema.hpp"

#include "reading_calls.hpp"

namespace ringlet::serve {
namespace {

TEST(ServeCallSchema, HasTheCallsOfTheRequest) {
  const Json any = Json::parse(call_schema(reading_calls::tools, "", CallSyntax::tagged));
  ASSERT_EQ(any["anyOf"].size(), 2U);
  EXPECT_EQ(any["anyOf"][0]["properties"]["name"]["const"], "f");
  const Json one = Json::parse(call_schema(reading_calls::tools, "g", CallSyntax::plain));
  EXPECT_EQ(one["properties"]["name"]["const"], "g");
  EXPECT_EQ(one["required"], Json::array({"name", "parameters"}));
  const Json list = Json::parse(call_schema(reading_calls::tools, "f", CallSyntax::bracket));
  EXPECT_EQ(list["type"], "array");
  EXPECT_EQ(list["items"]["properties"]["name"]["const"], "f");
}

}  // namespace
}  // namespace ringlet::serve
