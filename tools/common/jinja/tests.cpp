// Jinja2's tests: value is name(arguments).
#include <algorithm>
#include <array>

#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/operators.hpp"
#include "jinja/print.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

constexpr std::array<std::string_view, 39> test_names = {
    "odd",     "even",   "divisibleby", "defined",  "undefined", "filter", "test",    "none",
    "boolean", "false",  "true",        "integer",  "float",     "lower",  "upper",   "string",
    "mapping", "number", "sequence",    "iterable", "callable",  "sameas", "escaped", "in",
    "==",      "eq",     "equalto",     "!=",       "ne",        ">",      "gt",      "greaterthan",
    "ge",      ">=",     "<",           "lt",       "lessthan",  "<=",     "le"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> comparisons = {
    {{"==", "=="},
     {"eq", "=="},
     {"equalto", "=="},
     {"!=", "!="},
     {"ne", "!="},
     {">", ">"},
     {"gt", ">"},
     {"greaterthan", ">"},
     {"ge", ">="},
     {">=", ">="},
     {"<", "<"},
     {"lt", "<"},
     {"lessthan", "<"},
     {"<=", "<="},
     {"le", "<="}}};

bool is_remainder(const Value& value, const Value& divisor, std::int64_t remainder) {
  if (value.text() != nullptr) {  // formats it, which is never equal to a number
    (void)percent_format(*value.text(), divisor);
    return false;
  }
  return equal(binary("%", value, divisor), Value(remainder));
}

/// Python's "is", where the result does not depend on how Python stores values.
bool is_same(const Value& value, const Value& other) {
  const auto single = [](const Value& one) { return one.is<bool>() || one.is<None>(); };
  if (!single(value) && !single(other)) unsupported("the test \"sameas\" of other values");
  return value.index() == other.index() && equal(value, other);
}

/// Whether the value has a length and elements by position or key.
bool is_sequence(const Value& value) {
  if (const auto* sequence = value.as<SequencePointer>()) {
    return (*sequence)->kind < Sequence::Kind::keys;
  }
  return value.is<Undefined>() || value.text() != nullptr || value.is<Markup>() ||
         value.is<DictionaryPointer>();
}

bool is_of_type(const std::string& name, const Value& value) {
  if (name == "defined") return !value.is<Undefined>();
  if (name == "undefined") return value.is<Undefined>();
  if (name == "none") return value.is<None>();
  if (name == "boolean") return value.is<bool>();
  if (name == "true") return value.is<bool>() && is_true(value);
  if (name == "false") return value.is<bool>() && !is_true(value);
  if (name == "integer") return value.is<std::int64_t>() || value.is<LargeInteger>();
  if (name == "float") return value.is<double>();
  if (name == "number") return value.is_number();
  if (name == "string") return value.text() != nullptr || value.is<Markup>();
  if (name == "mapping") return value.is<DictionaryPointer>();
  if (name == "iterable") return is_iterable(value);
  if (name == "sequence") return is_sequence(value);
  if (name == "escaped") return value.is<Markup>();
  if (name == "callable") {
    return value.is<Undefined>() || value.is<MethodPointer>() || value.is<const Macro*>() ||
           value.is<LoopState*>() || value.is<LoopMethod>() || value.is<Function>();
  }
  if (name == "odd") return is_remainder(value, Value(std::int64_t{2}), 1);
  if (name == "even") return is_remainder(value, Value(std::int64_t{2}), 0);
  const std::string text = to_text(value);  // "lower" and "upper"
  require_known_case(text);
  const bool letters = std::any_of(text.begin(), text.end(), is_ascii_letter);
  return letters && (name == "lower" ? lower(text) : upper(text)) == text;
}

}  // namespace

bool is_jinja_test(std::string_view name) {
  return std::find(test_names.begin(), test_names.end(), name) != test_names.end();
}

bool apply_test(const std::string& name, const Value& value, const Arguments& arguments) {
  if (!is_jinja_test(name)) raise("has the unknown test \"", name, "\"");
  for (const auto& [test, symbol] : comparisons) {
    if (test == name) {
      const Bound bound(name, arguments, {""}, 1);
      return compare(symbol, value, bound.at(0));
    }
  }
  if (name == "in") return contains(Bound(name, arguments, {"seq"}, 1).at(0), value);
  if (name == "divisibleby") {
    return is_remainder(value, Bound(name, arguments, {"num"}, 1).at(0), 0);
  }
  if (name == "sameas") return is_same(value, Bound(name, arguments, {"other"}, 1).at(0));
  const Bound none(name, arguments, {});
  if (name == "filter" || name == "test") {
    if (value.text() == nullptr) unsupported("the test \"", name, "\" of what is not a text");
    return name == "filter" ? is_jinja_filter(*value.text()) : is_jinja_test(*value.text());
  }
  return is_of_type(name, value);
}

}  // namespace ringlet::jinja
