#include "templates/control_spellings.hpp"

#include <gtest/gtest.h>

namespace ringlet::templates {
namespace {

using Spans = std::vector<Span>;

const ControlSpellings control({"<s>", "<|im|>", "<|im|>x", "[é]"});

TEST(ControlSpellings, FindsAllAndLonger) {
  EXPECT_EQ(control.find("a<s>b"), (Spans{{1, 4}}));
  EXPECT_EQ(control.find("<|im|>x<s>"), (Spans{{0, 6}, {0, 7}, {7, 10}}));
  EXPECT_EQ(control.find("é[é]"), (Spans{{2, 6}}));
  EXPECT_EQ(control.find("<s <|im| [e]"), Spans{});
  EXPECT_EQ(control.find(""), Spans{});
}

TEST(ControlSpellings, FindsWhatEndsBehindAPlace) {
  const std::string text = "<s>a<|im|>x\xFF<s>";
  const Spans all = {{0, 3}, {4, 10}, {4, 11}, {12, 15}};
  for (std::size_t from = 0; from <= text.size(); ++from) {
    Spans expected = all;
    std::erase_if(expected, [&](const Span& span) { return span.end <= from; });
    EXPECT_EQ(control.find_ending_behind(from, text), expected) << from;
  }
}

TEST(ControlSpellings, KnowsWhatAPlaceDivides) {
  const std::string text = "a<s>b<|im|>x<s";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    EXPECT_EQ(control.divides(at, text), (at > 1 && at < 4) || (at > 5 && at < 12)) << at;
  }
  EXPECT_FALSE(ControlSpellings().divides(1, "<s>"));
}

TEST(ControlSpellings, FindsHalvesAtBothEnds) {
  EXPECT_TRUE(control.find_halves("plain").empty());
  const Spans end = control.find_halves("a <|i \n");
  EXPECT_NE(std::find(end.begin(), end.end(), Span{2, 5}), end.end());
  const Spans begin = control.find_halves("m|> a");
  EXPECT_NE(std::find(begin.begin(), begin.end(), Span{0, 3}), begin.end());
}

TEST(ControlSpellings, KnowsTheCharactersAtTheEnds) {
  EXPECT_EQ(control.ends(), (std::set<std::string, std::less<>>{"<", ">", "[", "]", "x"}));
}

}  // namespace
}  // namespace ringlet::templates
