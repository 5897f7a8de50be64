#include "templates/reasoning.hpp"

#include <gtest/gtest.h>

namespace ringlet::templates {
namespace {

const ReasoningMarks marks{"<think>", "</think>"};

/// The parts of a reply that comes in pieces of so many bytes.
std::pair<std::string, std::string> split(const std::string& reply, const std::string& prompt,
                                          std::size_t piece) {
  ReasoningSplitter splitter(marks, prompt);
  ReasoningSplitter::Parts all;
  const auto add = [&](const ReasoningSplitter::Parts& parts) {
    all.reasoning += parts.reasoning;
    all.content += parts.content;
  };
  for (std::size_t at = 0; at < reply.size(); at += piece)
    add(splitter.next(reply.substr(at, piece)));
  add(splitter.finish());
  return {all.reasoning, all.content};
}

TEST(Reasoning, DividesAReplyHoweverItComes) {
  using Parts = std::pair<std::string, std::string>;
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) {
    EXPECT_EQ(split("<think>\na < b\n</think>\n\nHi <b>", "assistant\n", piece),
              Parts("\na < b\n", "Hi <b>"));
    EXPECT_EQ(split("\n <think>a</think>b</think>", "", piece), Parts("a", "b</think>"));
    EXPECT_EQ(split("Hi <think>x</think>", "", piece), Parts("", "Hi <think>x</think>"));
    EXPECT_EQ(split("<thin", "", piece), Parts("", "<thin"));
    EXPECT_EQ(split(" <b", "", piece), Parts("", " <b"));
    EXPECT_EQ(split("<think>never ends</thi", "", piece), Parts("never ends</thi", ""));
    EXPECT_EQ(split("a</think>\nb", "assistant\n<think>\n", piece), Parts("a", "b"));
    EXPECT_EQ(split("b", "<think>\n\n</think>\n\n", piece), Parts("", "b"));
    EXPECT_EQ(split("", "", piece), Parts("", ""));
  }
}

TEST(Reasoning, WithoutMarksEverythingIsContent) {
  ReasoningSplitter splitter(std::nullopt, "<think>");
  EXPECT_EQ(splitter.next("<think>a").content, "<think>a");
  EXPECT_FALSE(splitter.has_reasoned());
  EXPECT_FALSE(splitter.is_mark("<think>"));
}

TEST(Reasoning, TellsEmptyReasoningFromNone) {
  ReasoningSplitter splitter(marks, "");
  EXPECT_EQ(splitter.next("<think></think>a").content, "a");
  EXPECT_TRUE(splitter.has_reasoned());
  ReasoningSplitter none(marks, "");
  EXPECT_EQ(none.next("a").content, "a");
  EXPECT_FALSE(none.has_reasoned());
}

TEST(Reasoning, KnowsTokensOfMarks) {
  const ReasoningSplitter splitter(ReasoningMarks{"<|channel>thought\n", "<channel|>"}, "");
  EXPECT_TRUE(splitter.is_mark("<|channel>"));
  EXPECT_TRUE(splitter.is_mark("<channel|>"));
  EXPECT_FALSE(splitter.is_mark("thought"));
  EXPECT_FALSE(splitter.is_mark(""));
}

}  // namespace
}  // namespace ringlet::templates
