#include "common/stop_strings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::common {
namespace {

/// What is shown of a text that comes in pieces, and whether it was stopped.
struct Shown {
  std::string text;
  bool found = false;

  bool operator==(const Shown&) const = default;
};

Shown show(const std::vector<std::string>& stops, const std::vector<std::string>& pieces) {
  StopStrings strings(stops);
  Shown shown;
  for (const std::string& piece : pieces) {
    const StopStrings::Released released = strings.next(piece);
    shown.text.append(released.held).append(released.text);
    if (strings.found()) break;
  }
  shown.text += strings.finish();
  shown.found = strings.found();
  return shown;
}

/// The same by looking at the text after each byte.
Shown search(const std::vector<std::string>& stops, std::string_view text) {
  for (std::size_t end = 1; end <= text.size(); ++end) {
    std::size_t size = 0;
    for (const std::string& stop : stops) {
      if (text.substr(0, end).ends_with(stop)) size = std::max(size, stop.size());
    }
    if (size > 0) return {std::string(text.substr(0, end - size)), true};
  }
  return {std::string(text), false};
}

TEST(StopStrings, AreNotShown) {
  EXPECT_EQ(show({"END"}, {"to the END of it"}), (Shown{"to the ", true}));
  EXPECT_EQ(show({"END"}, {"to ", "the E", "N", "D of", " it"}), (Shown{"to the ", true}));
  EXPECT_EQ(show({"END"}, {"END"}), (Shown{"", true}));
  EXPECT_EQ(show({}, {"to the ", "END"}), (Shown{"to the END", false}));
}

TEST(StopStrings, BeginningsAreShownInTheEnd) {
  EXPECT_EQ(show({"END"}, {"to the E", "N"}), (Shown{"to the EN", false}));
  EXPECT_EQ(show({"aab"}, {"aa", "aa", "ac"}), (Shown{"aaaaac", false}));
}

TEST(StopStrings, HoldBackNoMoreThanTheyMust) {
  StopStrings strings({"\n\nUser:"});
  EXPECT_EQ(strings.next("Hello.\n").text, "Hello.");
  const StopStrings::Released released = strings.next("\nUs, ");
  EXPECT_EQ(released.held, "\n");
  EXPECT_EQ(released.text, "\nUs, ");
  EXPECT_EQ(strings.next("you").text, "you");
}

TEST(StopStrings, TheFirstThatIsCompleteCounts) {
  EXPECT_EQ(show({"abcd", "bc"}, {"xab", "cd"}), (Shown{"xa", true}));
  EXPECT_EQ(show({"c", "abc"}, {"xa", "bc"}), (Shown{"x", true}));
  EXPECT_EQ(show({"xabcz", "bc"}, {"xab", "c", "z"}), (Shown{"xa", true}));
}

TEST(StopStrings, ANewTextBeginsAnew) {
  StopStrings strings({"END"});
  strings.next("the EN");
  EXPECT_EQ(strings.finish(), "EN");
  EXPECT_EQ(strings.next("D of").text, "D of");
  EXPECT_FALSE(strings.found());
}

TEST(StopStrings, AnyDivisionShowsTheSame) {
  std::mt19937 generator(5);
  const auto below = [&](unsigned most) { return generator() % most; };
  const auto letters = [&](std::size_t size) {
    std::string text(size, 'a');
    for (char& letter : text) letter = static_cast<char>('a' + below(2));
    return text;
  };
  int found = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    std::vector<std::string> stops(1 + below(3));
    for (std::string& stop : stops) stop = letters(1 + below(8));
    const std::string text = letters(below(40));
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size();) {
      pieces.push_back(text.substr(at, below(6)));
      at += pieces.back().size();
    }
    const Shown expected = search(stops, text);
    EXPECT_EQ(show(stops, pieces), expected) << text << " without " << stops.front();
    found += expected.found ? 1 : 0;
  }
  EXPECT_GT(found, 300);
  EXPECT_LT(found, 2970);
}

}  // namespace
}  // namespace ringlet::common
