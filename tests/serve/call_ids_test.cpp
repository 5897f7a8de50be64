#include "serve/protocol/call_ids.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

TEST(ServeCallIds, HaveTheFormThatEveryTemplateTakes) {
  for (std::size_t index = 0; index < 200; ++index) {
    const std::string id = call_id("chatcmpl-0123456789abcdef", index);
    EXPECT_EQ(id.size(), 9U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"), std::string::npos);
    EXPECT_NE(id, call_id("chatcmpl-0123456789abcdef", index + 1));
    EXPECT_NE(id, call_id("chatcmpl-0123456789abcdee", index));
  }
}

TEST(ServeCallIds, OfOtherServersGetThatForm) {
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
