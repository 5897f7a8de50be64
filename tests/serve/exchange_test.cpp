#include "serve/service/exchange.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

/// What a client reads of an answer that calls two functions.
Json reply_to_two_calls(bool one_call) {
  Taken taken;
  taken.head.id = "chatcmpl-1";
  taken.syntax = CallSyntax::tagged;
  taken.functions = Functions(Json::parse(R"([{"type": "function", "function": {"name": "f"}}])"));
  taken.one_call = one_call;
  const auto mailbox = std::make_shared<Mailbox>();
  taken.mailboxes.push_back(mailbox);
  mailbox->begin(3, 0);
  mailbox->add({.content = "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1}}</tool_call>"
                           "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 2}}</tool_call>",
                .tokens = 9});
  mailbox->end(Ending::end_of_text);
  Exchange exchange(std::move(taken));
  const std::unique_ptr<WholeReply> whole = exchange.whole([] { return true; });
  std::string text;
  while (whole->next(text)) {
  }
  return Json::parse(text);
}

TEST(ServeExchange, AnswerHasOneCallWhereOthersAreRefused) {
  for (const bool one_call : {false, true}) {
    const Json choice = reply_to_two_calls(one_call)["choices"][0];
    const Json& calls = choice["message"]["tool_calls"];
    ASSERT_EQ(calls.size(), one_call ? 1U : 2U);
    EXPECT_EQ(calls[0]["function"]["arguments"], R"({"a":1})");
    EXPECT_EQ(choice["finish_reason"], "tool_calls");
  }
}

}  // namespace
}  // namespace ringlet::serve
