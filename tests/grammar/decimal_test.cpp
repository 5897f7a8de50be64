// Ranges of numbers, compared with arithmetic for every number of a few digits.
#include "grammar/decimal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "grammar/compile.hpp"
#include "grammar/walk.hpp"

namespace ringlet::grammar {
namespace {

using Json = nlohmann::ordered_json;

Automaton numbers(const NumberRange& range) {
  Grammar grammar;
  const RuleId rule = grammar.add_rule("numbers");
  grammar.set_start(rule, add_numbers(grammar, range, end_node));
  return compile(grammar, default_depth);
}

Bound bound(double value, bool exclusive) { return {Decimal::of(Json(value)), exclusive}; }

/// Every number from −12.5 to 12.5 with one digit after the point, and every integer, against
/// bounds.
void compare(double low, bool above, double high, bool below) {
  NumberRange range{.lower = bound(low, above), .upper = bound(high, below)};
  if (range.empty()) return;
  const auto inside = [&](double value) {
    return (above ? value > low : value >= low) && (below ? value < high : value <= high);
  };
  SCOPED_TRACE(std::to_string(low) + " to " + std::to_string(high));
  Automaton all;
  try {
    all = numbers(range);
  } catch (const std::exception&) {
    return;  // only zero, which has no sign
  }
  for (int tenths = -125; tenths <= 125; ++tenths) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%.1f", tenths / 10.0);
    const std::string written = text.data();
    if (written == "-0.0") continue;
    EXPECT_EQ(accepts(all, written), inside(tenths / 10.0)) << written;
    if (tenths % 10 == 0) {
      EXPECT_EQ(accepts(all, std::to_string(tenths / 10)), inside(tenths / 10.0)) << tenths / 10;
    }
  }
}

TEST(Numbers, LieBetweenTheirBounds) {
  constexpr std::array bounds = {-12.3, -10.0, -9.95, -1.0, -0.1, 0.0,
                                 0.05,  0.9,   1.0,   9.9,  10.0, 11.25};
  for (const double low : bounds) {
    for (const double high : bounds) {
      if (low > high) continue;
      compare(low, false, high, false);
      compare(low, true, high, true);
    }
  }
}

TEST(Numbers, IntegersLieBetweenTheirBounds) {
  for (int low = -120; low <= 120; low += 7) {
    for (int high = low; high <= 120; high += 11) {
      const NumberRange range{
          .lower = bound(low, false), .upper = bound(high, false), .integer = true};
      const Automaton integers = numbers(range);
      for (int value = -130; value <= 130; ++value) {
        EXPECT_EQ(accepts(integers, std::to_string(value)), low <= value && value <= high) << value;
      }
      for (const char* text : {"-0", "00", "01", "1.0", "1e1", "+1", ""}) {
        EXPECT_FALSE(accepts(integers, text)) << text;
      }
    }
  }
}

TEST(Numbers, HaveAtMostTheDigitsOfADouble) {
  const Automaton free = numbers({});
  EXPECT_TRUE(accepts(free, "123456789012345"));
  EXPECT_TRUE(accepts(free, "0.12345678901234"));
  EXPECT_TRUE(accepts(free, "-12345.6789e-99"));
  for (const char* text :
       {"1234567890123456", "0.123456789012345", "1e100", "-0", ".5", "5.", "1e"}) {
    EXPECT_FALSE(accepts(free, text)) << text;
  }
  EXPECT_FALSE(accepts(numbers({.lower = bound(0, false), .upper = {}}), "1e1"));
}

TEST(Decimal, IsTheShortestThatIsReadAgain) {
  EXPECT_EQ(Decimal::of(Json(0.1)).fraction, "1");
  EXPECT_EQ(Decimal::of(Json(-0.0)), Decimal());
  EXPECT_EQ(Decimal::of(Json(1e21)).whole, "1" + std::string(21, '0'));
  EXPECT_EQ(Decimal::of(Json(5e-324)).fraction, std::string(323, '0') + "5");
  EXPECT_LT(Decimal::of(Json(-2)), Decimal::of(Json(-1.5)));
  EXPECT_LT(Decimal::of(Json(9)), Decimal::of(Json(10)));
  EXPECT_LT(Decimal::of(Json(1.05)), Decimal::of(Json(1.1)));
}

}  // namespace
}  // namespace ringlet::grammar
