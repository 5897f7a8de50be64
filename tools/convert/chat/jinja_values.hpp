// What templates compute with: JSON's values, and one more that stands for "undefined".
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ringlet::convert {

using JinjaValue = nlohmann::json;

/// (Braces would make a list of it.)
inline JinjaValue jinja_undefined() { return JinjaValue(JinjaValue::value_t::discarded); }
inline bool is_undefined(const JinjaValue& value) { return value.is_discarded(); }

/// Arguments of a filter, test, method or function.
struct JinjaArguments {
  std::vector<JinjaValue> values;
  std::map<std::string, JinjaValue> named;

  /// Argument `index`, or the one of that name, or `otherwise`.
  [[nodiscard]] JinjaValue get(std::size_t index, const char* name, JinjaValue otherwise) const;
};

/// Python's idea of truth.
bool is_true(const JinjaValue& value);

/// As it is printed: none is "None", undefined is nothing, a list is as Python writes it.
std::string to_text(const JinjaValue& value);

/// Whether `container` (a text, list or object) has `item`.
bool contains(const JinjaValue& container, const JinjaValue& item);

// All of these throw std::runtime_error for what is not known.
JinjaValue jinja_binary(const std::string& symbol, const JinjaValue& left, const JinjaValue& right);
JinjaValue jinja_filter(const std::string& name, const JinjaValue& value,
                        const JinjaArguments& arguments);
bool jinja_test(const std::string& name, const JinjaValue& value, const JinjaArguments& arguments);
JinjaValue jinja_method(const std::string& name, const JinjaValue& object,
                        const JinjaArguments& arguments);

/// object.name or object[index]; undefined where there is none.
JinjaValue jinja_member(const JinjaValue& object, const JinjaValue& index);

/// list[begin:end:step], where undefined stands for what was left out.
JinjaValue jinja_slice(const JinjaValue& list, const JinjaValue& begin, const JinjaValue& end,
                       const JinjaValue& step);

/// White space taken from the ends: 1 the left one, 2 the right one, 3 both.
std::string jinja_strip(const std::string& text, int sides, const std::string& which = " \t\r\n");

}  // namespace ringlet::convert
