// Actions of an answer, and texts that are none.
#include "actions.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ringlet::port {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

std::vector<Members> read(std::string_view answer) {
  std::vector<Members> actions;
  for (Action action; next_action(answer, action);) {
    Members& members = actions.emplace_back();
    std::string_view rest = action.members();
    for (Member member; Action::next(rest, member);) members.emplace_back(member.key, member.value);
  }
  return actions;
}

TEST(Actions, AreReadInTheirOrder) {
  EXPECT_EQ(read(R"([{"do":"off","area":"kitchen","type":"light"},{"do":"volume","value":40}])"),
            (std::vector<Members>{{{"do", "off"}, {"area", "kitchen"}, {"type", "light"}},
                                  {{"do", "volume"}, {"value", "40"}}}));
  EXPECT_EQ(read("[]"), std::vector<Members>{});
}

TEST(Actions, TextsHaveAnyCharacterButQuotes) {
  EXPECT_EQ(
      read(R"([{"do":"announce","message":"a, {b}: [c]"},{"do":"time"}])"),
      (std::vector<Members>{{{"do", "announce"}, {"message", "a, {b}: [c]"}}, {{"do", "time"}}}));
}

TEST(Actions, OneValueByItsKey) {
  const Action action(R"("do":"on","name":"do","value":0)");
  EXPECT_EQ(action.value("do"), "on");
  EXPECT_EQ(action.value("name"), "do");
  EXPECT_EQ(action.value("value"), "0");
  EXPECT_EQ(action.value("area"), "");
}

TEST(Actions, WhatIsNoAnswerEndsWithinItsBytes) {
  const std::string answer = R"([{"do":"on","name":"desk lamp"},{"do":"time"}])";
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_LE(read(std::string(answer, 0, size)).size(), 1U + (size == answer.size() - 1)) << size;
  }
  std::mt19937 random(1);
  const std::string_view characters = "{}[]\",:a";
  for (int i = 0; i < 20000; ++i) {
    std::string text(random() % 24, ' ');
    for (char& c : text) c = characters[random() % characters.size()];
    for (const Members& members : read(text)) EXPECT_LE(members.size(), text.size());
  }
}

}  // namespace
}  // namespace ringlet::port
