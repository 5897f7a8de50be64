// Numbers of JSON in decimal digits, and which texts lie between two of them.
#pragma once

#include <compare>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "grammar/grammar.hpp"

namespace ringlet::grammar {

/// A number in decimal digits.
struct Decimal {
  bool negative = false;    // not of zero
  std::string whole = "0";  // without leading zeros
  std::string fraction{};   // without trailing zeros

  /// The shortest decimal that is read as this number again.
  [[nodiscard]] static Decimal of(const nlohmann::ordered_json& number);
  [[nodiscard]] std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal&) const = default;
};

struct Bound {
  Decimal value;
  bool exclusive = false;
};

/// The numbers of a schema.
struct NumberRange {
  std::optional<Bound> lower;
  std::optional<Bound> upper;
  bool integer = false;

  /// The numbers of both.
  [[nodiscard]] NumberRange operator&(const NumberRange& other) const;
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool contains(const nlohmann::ordered_json& number) const;
};

/// Numbers as JSON writes them, within the range: integers of at most 18 digits without a fraction;
/// other numbers with at most 15 digits, which a double holds exactly. Only a number without bounds
/// has an exponent, of at most two digits. Zero has no sign.
[[nodiscard]] NodeId add_numbers(Grammar& grammar, const NumberRange& range, NodeId next);

}  // namespace ringlet::grammar
