// Filters, tests and methods, as far as chat templates use them.
#include <algorithm>
#include <cctype>

#include "chat/jinja_values.hpp"
#include "errors.hpp"

namespace ringlet::convert {
namespace {

std::string changed(std::string text, int (*change)(int)) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) c = static_cast<char>(change(byte));
  }
  return text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    if (text.size() > (1U << 20)) fail("makes too long a text");
  }
  return text;
}

JinjaValue split(const std::string& text, const std::string& separator) {
  JinjaValue parts = JinjaValue::array();
  if (separator.empty()) fail("splits at nothing");
  std::size_t begin = 0;
  for (std::size_t at = text.find(separator); at != std::string::npos;
       at = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, at - begin));
    begin = at + separator.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// JSON as Python's json.dumps spaces it.
std::string python_json(const JinjaValue& value) {
  if (!value.is_structured()) return is_undefined(value) ? "null" : value.dump();
  std::string text = value.is_array() ? "[" : "{";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ", ";
    if (value.is_object()) text += JinjaValue(item.key()).dump() + ": ";
    text += python_json(*item);
  }
  return text + (value.is_array() ? "]" : "}");
}

JinjaValue items_of(const JinjaValue& object) {
  JinjaValue items = JinjaValue::array();
  if (!object.is_object()) fail("asks for the items of something that is no mapping");
  for (const auto& [key, value] : object.items()) items.push_back({key, value});
  return items;
}

/// selectattr and rejectattr: the elements whose member passes a test.
JinjaValue select(const JinjaValue& list, const JinjaArguments& arguments, bool wanted) {
  JinjaValue result = JinjaValue::array();
  const JinjaValue name = arguments.get(0, "attribute", "");
  const std::string test = to_text(arguments.get(1, "test", "true"));
  JinjaArguments rest;
  if (arguments.values.size() > 2) rest.values.push_back(arguments.values[2]);
  for (const JinjaValue& item : list) {
    const JinjaValue member = jinja_member(item, name);
    const bool passes = test == "true" ? is_true(member) : jinja_test(test, member, rest);
    if (passes == wanted) result.push_back(item);
  }
  return result;
}

JinjaValue map_attribute(const JinjaValue& list, const JinjaArguments& arguments) {
  const JinjaValue name = arguments.get(99, "attribute", jinja_undefined());
  if (is_undefined(name)) fail("maps something else than an attribute, which is not known");
  JinjaValue result = JinjaValue::array();
  for (const JinjaValue& item : list) result.push_back(jinja_member(item, name));
  return result;
}

std::string join(const JinjaValue& list, const std::string& separator) {
  std::string text;
  for (auto item = list.begin(); item != list.end(); ++item) {
    if (item != list.begin()) text += separator;
    text += to_text(*item);
  }
  return text;
}

std::size_t length_of(const JinjaValue& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().size();
  if (!value.is_structured()) fail("asks for the length of something that has none");
  return value.size();
}

}  // namespace

JinjaValue jinja_filter(const std::string& name, const JinjaValue& value,
                        const JinjaArguments& arguments) {
  if (name == "trim") return jinja_strip(to_text(value), 3);
  if (name == "length" || name == "count") return length_of(value);
  if (name == "tojson") return python_json(value);
  if (name == "upper") return changed(to_text(value), std::toupper);
  if (name == "lower") return changed(to_text(value), std::tolower);
  if (name == "string") return to_text(value);
  if (name == "safe" || name == "list") return value;
  if (name == "first") return jinja_member(value, 0);
  if (name == "last") return jinja_member(value, -1);
  if (name == "reverse") {
    return jinja_slice(value, jinja_undefined(), jinja_undefined(), -1);
  }
  if (name == "items") return items_of(value);
  if (name == "join") return join(value, to_text(arguments.get(0, "d", "")));
  if (name == "selectattr") return select(value, arguments, true);
  if (name == "rejectattr") return select(value, arguments, false);
  if (name == "map") return map_attribute(value, arguments);
  if (name == "replace") {
    return replaced(to_text(value), to_text(arguments.get(0, "old", "")),
                    to_text(arguments.get(1, "new", "")));
  }
  if (name == "default" || name == "d") {
    const bool falsy_too = is_true(arguments.get(1, "boolean", false));
    const bool absent = is_undefined(value) || (falsy_too && !is_true(value));
    return absent ? arguments.get(0, "default_value", "") : value;
  }
  if (name == "capitalize") {
    std::string text = changed(to_text(value), std::tolower);
    return text.empty() ? text : changed(text.substr(0, 1), std::toupper) + text.substr(1);
  }
  fail("has the filter ", name, ", which is not known");
}

bool jinja_test(const std::string& name, const JinjaValue& value, const JinjaArguments& arguments) {
  const auto argument = [&] { return arguments.get(0, "other", jinja_undefined()); };
  if (name == "defined") return !is_undefined(value);
  if (name == "undefined") return is_undefined(value);
  if (name == "none") return value.is_null();
  if (name == "string") return value.is_string();
  if (name == "mapping") return value.is_object();
  if (name == "iterable") return value.is_structured() || value.is_string();
  if (name == "sequence") return value.is_structured() || value.is_string();
  if (name == "number") return value.is_number();
  if (name == "boolean") return value.is_boolean();
  if (name == "true") return value == JinjaValue(true);
  if (name == "false") return value == JinjaValue(false);
  if (name == "equalto" || name == "eq") return value == argument();
  if (name == "ne") return !(value == argument());
  if (name == "in") return contains(argument(), value);
  if (name == "odd") return jinja_binary("%", value, 2) == JinjaValue(1);
  if (name == "even") return jinja_binary("%", value, 2) == JinjaValue(0);
  if (name == "divisibleby") return jinja_binary("%", value, argument()) == JinjaValue(0);
  fail("has the test ", name, ", which is not known");
}

JinjaValue jinja_method(const std::string& name, const JinjaValue& object,
                        const JinjaArguments& arguments) {
  const std::string first = to_text(arguments.get(0, "", ""));
  if (object.is_string()) {
    const std::string& text = object.get_ref<const std::string&>();
    const std::string which = first.empty() ? " \t\r\n" : first;
    if (name == "strip") return jinja_strip(text, 3, which);
    if (name == "lstrip") return jinja_strip(text, 1, which);
    if (name == "rstrip") return jinja_strip(text, 2, which);
    if (name == "split" && !first.empty()) return split(text, first);
    if (name == "startswith") return text.starts_with(first);
    if (name == "endswith") return text.ends_with(first);
    if (name == "upper") return changed(text, std::toupper);
    if (name == "lower") return changed(text, std::tolower);
    if (name == "replace") return replaced(text, first, to_text(arguments.get(1, "", "")));
  }
  if (object.is_object()) {
    if (name == "get") {
      const JinjaValue found = jinja_member(object, arguments.get(0, "", ""));
      return is_undefined(found) ? arguments.get(1, "", nullptr) : found;
    }
    if (name == "items") return items_of(object);
    if (name == "keys" || name == "values") {
      JinjaValue list = JinjaValue::array();
      for (const JinjaValue& item : items_of(object)) list.push_back(item[name == "keys" ? 0 : 1]);
      return list;
    }
  }
  fail("calls ", name, "(), which is not known");
}

}  // namespace ringlet::convert
