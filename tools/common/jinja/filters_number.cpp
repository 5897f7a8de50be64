// Filters that return numbers.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/operators.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

/// The digits of a number as Python reads them: without surrounding white space and single
/// underscores between digits. Empty if underscores are elsewhere.
std::optional<std::string> number_text(const std::string& text) {
  std::string digits;
  const std::string_view all = strip_right(strip_left(text));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool between =
        i > 0 && i + 1 < all.size() && is_ascii_digit(all[i - 1]) && is_ascii_digit(all[i + 1]);
    if (all[i] == '_' && !between) return {};
    if (static_cast<unsigned char>(all[i]) >= 0x80) unsupported("a number beyond ASCII");
    if (all[i] != '_') digits += all[i];
  }
  return digits;
}

std::optional<std::int64_t> parsed_integer(const std::string& text) {
  const auto digits = number_text(text);
  if (!digits || digits->empty()) return {};
  const std::size_t sign = digits->front() == '-' || digits->front() == '+' ? 1 : 0;
  if (digits->size() == sign ||
      digits->find_first_not_of("0123456789", sign) != std::string::npos) {
    return {};
  }
  std::int64_t value = 0;
  const char* begin = digits->data() + (digits->front() == '+' ? 1 : 0);
  const auto end = std::from_chars(begin, digits->data() + digits->size(), value);
  if (end.ec != std::errc()) unsupported("an integer of more than 64 bits");
  return value;
}

std::optional<double> parsed_real(const std::string& text) {
  const auto digits = number_text(text);
  if (!digits || digits->empty()) return {};
  const std::string low = lower(*digits);
  if (low.find("inf") != std::string::npos || low.find("nan") != std::string::npos) {
    unsupported("a number that is not finite");
  }
  const char* begin = digits->data() + (digits->front() == '+' ? 1 : 0);
  if (*begin == '+' || (begin != digits->data() && *begin == '-')) return {};
  double value = 0;
  const char* const end = digits->data() + digits->size();
  const auto read = std::from_chars(begin, end, value);
  if (read.ec == std::errc::result_out_of_range) unsupported("a number that is not finite");
  if (read.ec != std::errc() || read.ptr != end) return {};
  return value;
}

std::int64_t whole_part(double value) {
  if (std::abs(value) >= 9e18) unsupported("an integer of more than 64 bits");
  return static_cast<std::int64_t>(value);
}

Value to_integer(const Value& value, const Arguments& arguments) {
  const Bound bound("int()", arguments, {"default", "base"});
  if (bound.integer(1, 10) != 10) unsupported("int() of another base");
  if (value.is_integer()) return Value(integer_of(value, "int()"));
  if (value.is<LargeInteger>()) return value;
  if (const double* real = value.as<double>()) return Value(whole_part(*real));
  if (const auto* missing = value.as<Undefined>()) raise(*missing->what);
  if (value.is<Markup>()) unsupported("int() of marked text");
  if (const std::string* text = value.text()) {
    if (const auto integer = parsed_integer(*text)) return Value(*integer);
    if (const auto real = parsed_real(*text)) return Value(whole_part(*real));
  }
  return bound.get(0) == nullptr ? Value(std::int64_t{0}) : bound.at(0);
}

Value to_real(const Value& value, const Arguments& arguments) {
  const Bound bound("float()", arguments, {"default"});
  if (value.is_number()) return Value(real_of(value));
  if (const auto* missing = value.as<Undefined>()) raise(*missing->what);
  if (value.is<Markup>()) unsupported("float() of marked text");
  if (const std::string* text = value.text()) {
    if (const auto real = parsed_real(*text)) return Value(*real);
  }
  return bound.get(0) == nullptr ? Value(0.0) : bound.at(0);
}

Value rounded(const Value& value, const Arguments& arguments) {
  const Bound bound("round()", arguments, {"precision", "method"});
  const std::string method = bound.get(1) == nullptr ? "common" : bound.text(1);
  const std::int64_t precision = bound.integer(0, 0);
  if (precision < 0 || precision > 15) unsupported("round() to this precision");
  if (method != "common" && method != "ceil" && method != "floor") raise("round() by ", method);
  if (!value.is_number()) {
    if (value.is<Undefined>()) raise("round() of an undefined value");
    raise("round() of a ", type_name(value));
  }
  if (method == "common") {
    if (value.is_integer()) return Value(integer_of(value, "round()"));
    std::array<char, 400> digits{};
    (void)std::snprintf(digits.data(), digits.size(), "%.*f", static_cast<int>(precision),
                        real_of(value));
    return Value(std::strtod(digits.data(), nullptr));
  }
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double scaled = real_of(value) * scale;
  if (std::abs(scaled) >= 9e15) unsupported("round() of a number this large");
  return real_value((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
}

Value absolute(const Value& value) {
  if (value.is_number()) {
    return less(value, Value(std::int64_t{0})) || value.is<bool>()
               ? unary(value.is<bool>() ? '+' : '-', value)
           : value.is<double>() ? Value(std::abs(real_of(value)))
                                : value;
  }
  raise("abs() of a ", type_name(value));
}

}  // namespace

bool number_filter(const std::string& name, const Value& value, const Arguments& arguments,
                   Value& result) {
  if (name == "int") {
    result = to_integer(value, arguments);
  } else if (name == "float") {
    result = to_real(value, arguments);
  } else if (name == "round") {
    result = rounded(value, arguments);
  } else if (name == "abs") {
    const Bound none(name, arguments, {});
    result = absolute(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace ringlet::jinja
