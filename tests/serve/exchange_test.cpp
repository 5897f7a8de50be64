#include "serve/service/exchange.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

Taken taken_of(CallSyntax syntax, std::string content, Ending ending) {
  Taken taken;
  taken.head.id = "chatcmpl-1";
  taken.syntax = syntax;
  taken.functions = Functions(Json::parse(R"([{"type": "function", "function": {"name": "f"}}])"));
  const auto mailbox = std::make_shared<Mailbox>();
  taken.mailboxes.push_back(mailbox);
  mailbox->begin(3, 0);
  mailbox->add({.content = std::move(content), .tokens = 9});
  mailbox->end(ending);
  return taken;
}

/// The choice of the whole reply.
Json whole_choice_of(Taken taken) {
  Exchange exchange(std::move(taken));
  const std::unique_ptr<WholeReply> whole = exchange.whole([] { return true; });
  std::string text;
  while (whole->next(text)) {
  }
  return Json::parse(text)["choices"][0];
}

/// The same choice, put together from a stream.
Json streamed_choice_of(Taken taken) {
  Exchange exchange(std::move(taken));
  std::string events;
  while (exchange.stream(events, std::chrono::milliseconds(0))) {
  }
  Json choice = {{"content", ""}, {"tool_calls", Json::array()}};
  for (std::size_t at = 0; (at = events.find("data: {", at)) != std::string::npos; ++at) {
    const Json part = Json::parse(events.substr(at + 6, events.find("\n\n", at) - at - 6));
    const Json& delta = part["choices"][0]["delta"];
    choice["content"] =
        choice["content"].get<std::string>() + delta.value("content", std::string());
    for (const Json& call : delta.value("tool_calls", Json::array())) {
      choice["tool_calls"].push_back(call);
    }
    choice["finish_reason"] = part["choices"][0]["finish_reason"];
  }
  return choice;
}

TEST(ServeExchange, AnswerHasOneCallWhereOthersAreRefused) {
  for (const bool one_call : {false, true}) {
    Taken taken = taken_of(CallSyntax::tagged,
                           "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1}}</tool_call>"
                           "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 2}}</tool_call>",
                           Ending::end_of_text);
    taken.one_call = one_call;
    const Json choice = whole_choice_of(std::move(taken));
    const Json& calls = choice["message"]["tool_calls"];
    ASSERT_EQ(calls.size(), one_call ? 1U : 2U);
    EXPECT_EQ(calls[0]["function"]["arguments"], R"({"a":1})");
    EXPECT_EQ(choice["finish_reason"], "tool_calls");
  }
}

/// Where a limit or a stop string has cut it, its text is what the model has said, as servers of
/// this protocol show it, and no control token is.
TEST(ServeExchange, UnfinishedCallIsText) {
  struct Case {
    CallSyntax syntax;
    const char* said;
    const char* shown;
  };
  for (const Case& one :
       {Case{CallSyntax::python, "So. <|tool_call_start|>[f(a=", "So. [f(a="},
        Case{CallSyntax::gemma, R"(So. <|tool_call>call:f{a:<|"|>x)", "So. call:f{a:x"},
        Case{CallSyntax::granite, R"(So. <|tool_call|>[{"na)", R"(So. [{"na)"},
        Case{CallSyntax::bracket, "So. [TOOL_CALLS]f[ARGS]{", "So. f{"},
        Case{CallSyntax::tagged, R"(So. <tool_call>{"na)", R"(So. <tool_call>{"na)"}}) {
    for (const Ending ending : {Ending::limit, Ending::stop_string}) {
      const char* reason = ending == Ending::limit ? "length" : "stop";
      const Json whole = whole_choice_of(taken_of(one.syntax, one.said, ending));
      EXPECT_EQ(whole["message"]["content"], one.shown);
      EXPECT_FALSE(whole["message"].contains("tool_calls"));
      EXPECT_EQ(whole["finish_reason"], reason);
      const Json streamed = streamed_choice_of(taken_of(one.syntax, one.said, ending));
      EXPECT_EQ(streamed["content"], one.shown);
      EXPECT_TRUE(streamed["tool_calls"].empty());
      EXPECT_EQ(streamed["finish_reason"], reason);
    }
  }
}

TEST(ServeExchange, WholeCallBeforeAnUnfinishedOneCounts) {
  const std::string said = "<|tool_call_start|>[f(a=1), f(a=";
  const Json whole = whole_choice_of(taken_of(CallSyntax::python, said, Ending::limit));
  const Json streamed = streamed_choice_of(taken_of(CallSyntax::python, said, Ending::limit));
  EXPECT_EQ(whole["message"]["content"], "f(a=");
  EXPECT_EQ(streamed["content"], "f(a=");
  for (const Json& calls : {whole["message"]["tool_calls"], streamed["tool_calls"]}) {
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0]["function"]["arguments"], R"({"a":1})");
  }
  EXPECT_EQ(whole["finish_reason"], "tool_calls");
  EXPECT_EQ(streamed["finish_reason"], "tool_calls");
}

}  // namespace
}  // namespace ringlet::serve
