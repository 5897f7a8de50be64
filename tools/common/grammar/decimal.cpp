#include "grammar/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace ringlet::grammar {
namespace {

constexpr std::size_t integer_digits = 18;
constexpr std::size_t number_digits = 15;

std::strong_ordering compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() <=> b.whole.size();
  const int whole = a.whole.compare(b.whole);
  return (whole != 0 ? whole : a.fraction.compare(b.fraction)) <=> 0;
}

bool is_zero(const Decimal& number) { return number.whole == "0" && number.fraction.empty(); }

/// The tighter of two bounds; `sign` is 1 for lower bounds.
std::optional<Bound> tighter(const std::optional<Bound>& a, const std::optional<Bound>& b,
                             int sign) {
  if (!a || !b) return a ? a : b;
  const auto order = a->value <=> b->value;
  if (order == 0) return a->exclusive ? a : b;
  return ((order > 0) == (sign > 0)) ? a : b;
}

/// Adds numbers without a sign between two bounds, digit by digit. As long as the digits so far are
/// those of a bound, the next digit is limited by it ("tight").
class Magnitudes {
 public:
  Magnitudes(Grammar& grammar, Bound lower, std::optional<Bound> upper, bool integer, NodeId next)
      : grammar_(grammar),
        lower_(std::move(lower)),
        upper_(std::move(upper)),
        integer_(integer),
        next_(next) {}

  NodeId add() {
    std::vector<NodeId> choices;
    const std::size_t longest = integer_ ? integer_digits : number_digits;
    for (std::size_t length = 1; length <= longest; ++length) {
      if (lower_.value.whole.size() > length) continue;
      if (upper_ && upper_->value.whole.size() < length) continue;
      choices.push_back(whole({.length = length,
                               .low = lower_.value.whole.size() == length,
                               .high = upper_ && upper_->value.whole.size() == length}));
    }
    return grammar_.split(std::move(choices));
  }

 private:
  struct Place {
    std::size_t length = 0;  // of the whole part
    std::size_t read = 0;    // digits of the part so far
    bool low = false;        // tight with the lower bound
    bool high = false;       // and with the upper one
    auto operator<=>(const Place&) const = default;
  };

  /// Reads a digit from `least` to `most` and continues with what follows each.
  template <typename After>
  NodeId digit(Place place, char least, char most, char low, char high, After after) {
    std::vector<NodeId> choices;
    for (char first = least; first <= most;) {
      const Place rest = {.length = place.length,
                          .read = place.read + 1,
                          .low = place.low && first == low,
                          .high = place.high && first == high};
      char last = first;
      while (!rest.low && !rest.high && last < most && !(place.high && last + 1 == high)) ++last;
      choices.push_back(grammar_.bytes(
          {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last)}, after(rest)));
      first = static_cast<char>(last + 1);
    }
    return grammar_.split(std::move(choices));
  }

  NodeId whole(Place place) {
    if (place.read == place.length) return after_whole(place);
    const auto [found, is_new] = whole_.try_emplace(place, 0);
    if (!is_new) return found->second;
    const char low = place.low ? lower_.value.whole[place.read] : '0';
    const char high = place.high ? upper_->value.whole[place.read] : '9';
    const bool leads = place.read == 0 && place.length > 1;
    const NodeId node = digit(place, std::max(low, leads ? '1' : '0'), high, low, high,
                              [&](Place rest) { return whole(rest); });
    return whole_[place] = node;
  }

  NodeId after_whole(Place place) {
    std::vector<NodeId> choices;
    place.read = 0;
    if (can_end(place)) choices.push_back(next_);
    if (!integer_ && place.length < number_digits) {
      choices.push_back(grammar_.literal(".", fraction(place)));
    }
    return grammar_.split(std::move(choices));
  }

  NodeId fraction(Place place) {
    if (place.length + place.read == number_digits) return grammar_.split({});
    const auto [found, is_new] = fraction_.try_emplace(place, 0);
    if (!is_new) return found->second;
    const auto digit_of = [&](const Decimal& bound) {
      return place.read < bound.fraction.size() ? bound.fraction[place.read] : '0';
    };
    const char low = place.low ? digit_of(lower_.value) : '0';
    const char high = place.high ? digit_of(upper_->value) : '9';
    const NodeId node = digit(place, low, high, low, high, [&](Place rest) {
      std::vector<NodeId> choices = {fraction(rest)};
      if (can_end(rest)) choices.push_back(next_);
      return grammar_.split(std::move(choices));
    });
    return fraction_[place] = node;
  }

  /// Whether the digits so far are a number between the bounds; `read` counts those of the
  /// fraction.
  [[nodiscard]] bool can_end(const Place& place) const {
    if (place.low) {
      if (lower_.value.fraction.size() > place.read || lower_.exclusive) return false;
    }
    return !place.high || upper_->value.fraction.size() > place.read || !upper_->exclusive;
  }

  Grammar& grammar_;
  Bound lower_;
  std::optional<Bound> upper_;
  bool integer_;
  NodeId next_;
  std::map<Place, NodeId> whole_;
  std::map<Place, NodeId> fraction_;
};

Bound without_sign(Bound bound) {
  bound.value.negative = false;
  return bound;
}

NodeId exponent(Grammar& grammar, NodeId next) {
  const CharacterSet digits('0', '9');
  const NodeId second = grammar.split({next, grammar.characters(digits, next)});
  const NodeId first = grammar.characters(digits, second);
  const NodeId sign =
      grammar.split({first, grammar.literal("+", first), grammar.literal("-", first)});
  return grammar.split({next, grammar.literal("e", sign), grammar.literal("E", sign)});
}

}  // namespace

Decimal Decimal::of(const nlohmann::ordered_json& number) {
  std::string text;
  if (number.is_number_float()) {
    std::array<char, 400> digits{};  // the smallest number has 324 zeros
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(),
                                       number.get<double>(), std::chars_format::fixed);
    text.assign(digits.data(), written.ptr);
  } else {
    text = number.dump();
  }
  Decimal result;
  result.negative = text.starts_with("-");
  if (result.negative) text.erase(0, 1);
  const std::size_t point = std::min(text.find('.'), text.size());
  result.whole = text.substr(0, point);
  if (point < text.size()) result.fraction = text.substr(point + 1);
  result.fraction.erase(result.fraction.find_last_not_of('0') + 1);
  if (is_zero(result)) result.negative = false;
  return result;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (negative != other.negative) {
    return negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return negative ? compare_magnitudes(other, *this) : compare_magnitudes(*this, other);
}

NumberRange NumberRange::operator&(const NumberRange& other) const {
  return {.lower = tighter(lower, other.lower, 1),
          .upper = tighter(upper, other.upper, -1),
          .integer = integer || other.integer};
}

bool NumberRange::empty() const {
  if (!lower || !upper) return false;
  const auto order = lower->value <=> upper->value;
  return order > 0 || (order == 0 && (lower->exclusive || upper->exclusive));
}

bool NumberRange::contains(const nlohmann::ordered_json& number) const {
  const Decimal value = Decimal::of(number);
  if (integer && !value.fraction.empty()) return false;
  if (lower && (value < lower->value || (lower->exclusive && value == lower->value))) return false;
  return !upper || !(value > upper->value || (upper->exclusive && value == upper->value));
}

NodeId add_numbers(Grammar& grammar, const NumberRange& range, NodeId next) {
  const bool bounded = range.lower || range.upper;
  if (!bounded && !range.integer) next = exponent(grammar, next);
  const Bound zero = {.value = {}, .exclusive = false};
  std::vector<NodeId> choices;
  if (!range.upper || !range.upper->value.negative) {
    const bool from_zero = !range.lower || range.lower->value.negative;
    choices.push_back(
        Magnitudes(grammar, from_zero ? zero : *range.lower, range.upper, range.integer, next)
            .add());
  }
  if (!range.lower || range.lower->value.negative) {
    const bool to_zero = !range.upper || !range.upper->value.negative;
    std::optional<Bound> largest;
    if (range.lower) largest = without_sign(*range.lower);
    const NodeId magnitude =
        Magnitudes(grammar,
                   to_zero ? Bound{.value = {}, .exclusive = true} : without_sign(*range.upper),
                   largest, range.integer, next)
            .add();
    choices.push_back(grammar.literal("-", magnitude));
  }
  return grammar.split(std::move(choices));
}

}  // namespace ringlet::grammar
