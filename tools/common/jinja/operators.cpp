#include "jinja/operators.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "jinja/error.hpp"
#include "jinja/markup.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

[[noreturn]] void no_operator(std::string_view symbol, const Value& left, const Value& right) {
  for (const Value* value : {&left, &right}) {
    if (const auto* missing = value->as<Undefined>()) raise(*missing->what);
    if (value->is<Markup>() && symbol != "+") unsupported("computing with marked text");
    if (const auto* sequence = value->as<SequencePointer>()) {
      if ((*sequence)->kind >= Sequence::Kind::keys) unsupported("computing with views");
    }
  }
  raise(symbol, " does not work with a ", type_name(left), " and a ", type_name(right));
}

[[noreturn]] void too_large() { unsupported("an integer of more than 64 bits"); }

std::optional<std::int64_t> integer_power(std::int64_t base, std::int64_t exponent) {
  std::int64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return {};
    if (exponent > 1 && __builtin_mul_overflow(base, base, &base)) return {};
  }
  return result;
}

Value divide(std::int64_t left, std::int64_t right) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (right == 0) raise("divides by zero");
  if (left > exact || left < -exact || right > exact || right < -exact) too_large();
  return real_value(static_cast<double>(left) / static_cast<double>(right));
}

/// Python rounds quotients down, so a remainder has the sign of the divisor.
Value floor_divide(std::int64_t left, std::int64_t right, bool remainder) {
  if (right == 0) raise("divides by zero");
  if (right == -1) {
    if (remainder) return Value(std::int64_t{0});
    return unary('-', Value(left));
  }
  std::int64_t quotient = left / right;
  std::int64_t rest = left % right;
  if (rest != 0 && (rest < 0) != (right < 0)) {
    --quotient;
    rest += right;
  }
  return Value(remainder ? rest : quotient);
}

Value of_integers(std::string_view symbol, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  if (symbol == "/") return divide(left, right);
  if (symbol == "//" || symbol == "%") return floor_divide(left, right, symbol == "%");
  if (symbol == "**") {
    if (right < 0) return binary("**", Value(static_cast<double>(left)), Value(right));
    const auto power = integer_power(left, right);
    if (!power) too_large();
    return Value(*power);
  }
  const bool overflow = symbol == "+"   ? __builtin_add_overflow(left, right, &result)
                        : symbol == "-" ? __builtin_sub_overflow(left, right, &result)
                                        : __builtin_mul_overflow(left, right, &result);
  if (overflow) too_large();
  return Value(result);
}

Value of_reals(std::string_view symbol, double left, double right) {
  if (symbol == "+") return real_value(left + right);
  if (symbol == "-") return real_value(left - right);
  if (symbol == "*") return real_value(left * right);
  if (symbol == "**") {
    if (left == 0 && right < 0) raise("raises zero to a negative power");
    if (left < 0 && right != std::floor(right)) unsupported("a complex number");
    return real_value(std::pow(left, right));
  }
  if (right == 0) raise("divides by zero");
  if (symbol == "/") return real_value(left / right);
  double rest = std::fmod(left, right);
  double quotient = (left - rest) / right;
  if (rest != 0 && (rest < 0) != (right < 0)) {
    rest += right;
    quotient -= 1;
  }
  if (symbol == "%") return real_value(rest == 0 ? std::copysign(0.0, right) : rest);
  if (quotient == 0) return real_value(std::copysign(0.0, left / right));
  const double floor = std::floor(quotient);
  return real_value(quotient - floor > 0.5 ? floor + 1 : floor);
}

std::optional<Value> concatenated(const Value& left, const Value& right) {
  if (left.text() != nullptr && right.text() != nullptr) {
    require_size(left.text()->size() + right.text()->size());
    return text_value(*left.text() + *right.text());
  }
  for (const Sequence::Kind kind : {Sequence::Kind::list, Sequence::Kind::tuple}) {
    const Values* first = left.sequence(kind);
    const Values* second = right.sequence(kind);
    if (first == nullptr || second == nullptr) continue;
    Values all = *first;
    all.insert(all.end(), second->begin(), second->end());
    return sequence_value(kind, std::move(all));
  }
  return {};
}

std::optional<Value> repeated(const Value& value, const Value& times) {
  if (!times.is_integer()) return {};
  const auto count =
      static_cast<std::size_t>(std::max<std::int64_t>(integer_of(times, "repetition"), 0));
  if (const std::string* text = value.text()) {
    if (count > 0) require_size(text->size() > longest_text / count ? longest_text + 1 : 0);
    std::string all;
    if (!text->empty()) {
      for (std::size_t i = 0; i < count; ++i) all += *text;
    }
    return text_value(std::move(all));
  }
  for (const Sequence::Kind kind : {Sequence::Kind::list, Sequence::Kind::tuple}) {
    const Values* elements = value.sequence(kind);
    if (elements == nullptr) continue;
    if (!elements->empty() && count > 100'000 / elements->size()) {
      unsupported("a list of more than 100000 elements");
    }
    Values all;
    for (std::size_t i = 0; i < count && !elements->empty(); ++i) {
      all.insert(all.end(), elements->begin(), elements->end());
    }
    return sequence_value(kind, std::move(all));
  }
  return {};
}

/// Python's rules for the ends of a slice of `size` elements.
struct Bounds {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t step;
};

/// Jinja2 makes slices undefined if Python rejects a constant index, and raises for other indices.
std::int64_t place_in_slice(const Value& index) {
  if (!index.is_integer()) unsupported("a slice that begins or ends at a ", type_name(index));
  return integer_of(index, "a slice");
}

Bounds bounds_of(std::int64_t size, const Value& start, const Value& stop, const Value& step) {
  const auto given = [](const Value& index) { return !index.is<Undefined>() && !index.is<None>(); };
  const std::int64_t by = given(step) ? place_in_slice(step) : 1;
  if (by == 0) raise("takes a slice in steps of zero");
  const std::int64_t lowest = by > 0 ? 0 : -1;
  const std::int64_t highest = by > 0 ? size : size - 1;
  const auto place = [&](const Value& index, std::int64_t otherwise) {
    if (!given(index)) return otherwise;
    std::int64_t at = place_in_slice(index);
    if (at < 0) at = at < -size ? lowest : at + size;
    return std::clamp(at, lowest, highest);
  };
  return {place(start, by > 0 ? 0 : size - 1), place(stop, by > 0 ? size : -1), by};
}

template <typename Take>
void for_each_index(const Bounds& bounds, std::int64_t size, Take take) {
  // A step beyond the size takes one element. Clamping keeps the sum below from overflowing.
  const std::int64_t step = std::clamp(bounds.step, -size - 1, size + 1);
  for (std::int64_t i = bounds.begin; step > 0 ? i < bounds.end : i > bounds.end; i += step) {
    take(static_cast<std::size_t>(i));
  }
}

}  // namespace

Value real_value(double value) {
  if (!std::isfinite(value)) unsupported("a number that is not finite");
  return Value(value);
}

Value binary(std::string_view symbol, const Value& left, const Value& right) {
  if (symbol == "%" && left.text() != nullptr) {
    if (right.is<Markup>()) unsupported("formatting marked text");
    return text_value(percent_format(*left.text(), right));
  }
  if (left.is_number() && right.is_number()) {
    if (left.is_integer() && right.is_integer()) {
      return of_integers(symbol, integer_of(left, symbol), integer_of(right, symbol));
    }
    return of_reals(symbol, real_of(left), real_of(right));
  }
  if (symbol == "+") {
    if (auto all = concatenated(left, right)) return *all;
    if (auto all = joined_markup(left, right)) return *all;
  }
  if (symbol == "*") {
    if (auto all = repeated(left, right)) return *all;
    if (auto all = repeated(right, left)) return *all;
  }
  no_operator(symbol, left, right);
}

Value unary(char symbol, const Value& value) {
  if (const double* real = value.as<double>()) return Value(symbol == '-' ? -*real : *real);
  if (!value.is_number()) no_operator(symbol == '-' ? "-" : "+", value, value);
  return of_integers(symbol == '-' ? "-" : "+", 0, integer_of(value, "a sign"));
}

bool compare(std::string_view symbol, const Value& left, const Value& right) {
  if (symbol == "==") return equal(left, right);
  if (symbol == "!=") return !equal(left, right);
  if (symbol == "in") return contains(right, left);
  if (symbol == "notin") return !contains(right, left);
  for (const Value* value : {&left, &right}) {
    if (const auto* missing = value->as<Undefined>()) raise(*missing->what);
  }
  if (symbol == "<") return less(left, right);
  if (symbol == ">") return less(right, left);
  return symbol == "<=" ? !less(right, left) : !less(left, right);
}

Value slice(const Value& value, const Value& start, const Value& stop, const Value& step) {
  if (const auto* missing = value.as<Undefined>()) raise(*missing->what);
  if (const std::string* text = value.text()) {
    const std::vector<std::string_view> all = characters(*text);
    const auto size = static_cast<std::int64_t>(all.size());
    std::string part;
    for_each_index(bounds_of(size, start, stop, step), size,
                   [&](std::size_t i) { part += all[i]; });
    return text_value(std::move(part));
  }
  const auto* sequence = value.as<SequencePointer>();
  if (sequence == nullptr || (*sequence)->kind >= Sequence::Kind::range) {
    unsupported("a slice of a ", type_name(value));
  }
  const auto size = static_cast<std::int64_t>((*sequence)->elements.size());
  Values part;
  for_each_index(bounds_of(size, start, stop, step), size,
                 [&](std::size_t i) { part.push_back((*sequence)->elements[i]); });
  return sequence_value((*sequence)->kind, std::move(part));
}

}  // namespace ringlet::jinja
