#include "chat/jinja_values.hpp"

#include <algorithm>

#include "errors.hpp"

namespace ringlet::convert {
namespace {

bool is_integer(const JinjaValue& value) { return value.is_number_integer() || value.is_boolean(); }

std::int64_t integer_of(const JinjaValue& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (!value.is_number()) fail("\"", to_text(value), "\" is not a number");
  return value.get<std::int64_t>();
}

double number_of(const JinjaValue& value) {
  return is_integer(value) ? static_cast<double>(integer_of(value)) : value.get<double>();
}

bool is_less(const JinjaValue& left, const JinjaValue& right) {
  if (left.is_string() && right.is_string()) {
    return left.get_ref<const std::string&>() < right.get_ref<const std::string&>();
  }
  if ((!left.is_number() && !left.is_boolean()) || (!right.is_number() && !right.is_boolean())) {
    fail("\"", to_text(left), "\" and \"", to_text(right), "\" have no order");
  }
  return number_of(left) < number_of(right);
}

JinjaValue add(const JinjaValue& left, const JinjaValue& right) {
  if (left.is_string() && right.is_string()) {
    return left.get_ref<const std::string&>() + right.get_ref<const std::string&>();
  }
  if (left.is_array() && right.is_array()) {
    JinjaValue all = left;
    all.insert(all.end(), right.begin(), right.end());
    return all;
  }
  if (is_integer(left) && is_integer(right)) return integer_of(left) + integer_of(right);
  if (left.is_number() && right.is_number()) return number_of(left) + number_of(right);
  fail("\"", to_text(left), "\" and \"", to_text(right), "\" cannot be added");
}

JinjaValue divide(const std::string& symbol, std::int64_t left, std::int64_t right) {
  if (right == 0) fail("divides by zero");
  if (symbol == "/") return static_cast<double>(left) / static_cast<double>(right);
  std::int64_t quotient = left / right;
  std::int64_t rest = left % right;
  if (rest != 0 && (rest < 0) != (right < 0)) {  // Python rounds down
    --quotient;
    rest += right;
  }
  return symbol == "//" ? quotient : rest;
}

std::string python_text(const JinjaValue& value) {
  std::string text = to_text(value);
  return value.is_string() ? text.insert(0, 1, '\'').append(1, '\'') : text;
}

}  // namespace

JinjaValue JinjaArguments::get(std::size_t index, const char* name, JinjaValue otherwise) const {
  if (index < values.size()) return values[index];
  const auto found = named.find(name);
  return found == named.end() ? std::move(otherwise) : found->second;
}

bool is_true(const JinjaValue& value) {
  if (is_undefined(value) || value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return number_of(value) != 0;
  return value.is_string() ? !value.get_ref<const std::string&>().empty() : !value.empty();
}

std::string to_text(const JinjaValue& value) {
  if (is_undefined(value)) return "";
  if (value.is_null()) return "None";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (!value.is_structured()) return value.dump();
  std::string text = value.is_array() ? "[" : "{";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ", ";
    if (value.is_object()) text += "'" + item.key() + "': ";
    text += python_text(*item);
  }
  return text + (value.is_array() ? "]" : "}");
}

bool contains(const JinjaValue& container, const JinjaValue& item) {
  if (container.is_string())
    return container.get<std::string>().find(to_text(item)) != std::string::npos;
  if (container.is_object()) return item.is_string() && container.contains(item.get<std::string>());
  return container.is_array() &&
         std::find(container.begin(), container.end(), item) != container.end();
}

JinjaValue jinja_binary(const std::string& symbol, const JinjaValue& left,
                        const JinjaValue& right) {
  if (symbol == "==") return left == right;
  if (symbol == "!=") return !(left == right);
  if (symbol == "<") return is_less(left, right);
  if (symbol == ">") return is_less(right, left);
  if (symbol == "<=") return !is_less(right, left);
  if (symbol == ">=") return !is_less(left, right);
  if (symbol == "~") return to_text(left) + to_text(right);
  if (symbol == "+") return add(left, right);
  if (symbol == "/" || symbol == "//" || symbol == "%") {
    return divide(symbol, integer_of(left), integer_of(right));
  }
  const std::int64_t a = integer_of(left);
  const std::int64_t b = integer_of(right);
  constexpr std::int64_t most = 1'000'000'000;
  if (a > most || a < -most || b > most || b < -most)
    fail("computes with numbers that are too large");
  if (symbol == "-") return a - b;
  if (symbol == "*") return a * b;
  fail("has the operator ", symbol, ", which is not known");
}

JinjaValue jinja_member(const JinjaValue& object, const JinjaValue& index) {
  if (object.is_object() && index.is_string()) {
    const auto found = object.find(index.get_ref<const std::string&>());
    return found == object.end() ? jinja_undefined() : *found;
  }
  if ((!object.is_array() && !object.is_string()) || !index.is_number_integer()) {
    if (is_undefined(object)) fail("looks for \"", to_text(index), "\" in something undefined");
    return jinja_undefined();
  }
  const auto size = static_cast<std::int64_t>(
      object.is_string() ? object.get_ref<const std::string&>().size() : object.size());
  std::int64_t at = index.get<std::int64_t>();
  if (at < 0) at += size;
  if (at < 0 || at >= size) return jinja_undefined();
  const auto place = static_cast<std::size_t>(at);
  return object.is_array()
             ? object[place]
             : JinjaValue(std::string(1, object.get_ref<const std::string&>()[place]));
}

JinjaValue jinja_slice(const JinjaValue& list, const JinjaValue& begin, const JinjaValue& end,
                       const JinjaValue& step) {
  if (!list.is_array() && !list.is_string()) fail("takes a part of something that is no list");
  const auto size = static_cast<std::int64_t>(
      list.is_string() ? list.get_ref<const std::string&>().size() : list.size());
  const std::int64_t by = is_undefined(step) ? 1 : integer_of(step);
  if (by == 0) fail("takes a part of a list in steps of 0");
  const auto place = [&](const JinjaValue& index, std::int64_t otherwise) {
    if (is_undefined(index) || index.is_null()) return otherwise;
    std::int64_t at = integer_of(index);
    if (at < 0) at += size;
    return by > 0 ? std::clamp<std::int64_t>(at, 0, size)
                  : std::clamp<std::int64_t>(at, -1, size - 1);
  };
  const std::int64_t last = place(end, by > 0 ? size : -1);
  JinjaValue result = list.is_string() ? JinjaValue("") : JinjaValue::array();
  for (std::int64_t i = place(begin, by > 0 ? 0 : size - 1); by > 0 ? i < last : i > last;
       i += by) {
    const auto at = static_cast<std::size_t>(i);
    if (list.is_string()) {
      result.get_ref<std::string&>() += list.get_ref<const std::string&>()[at];
    } else {
      result.push_back(list[at]);
    }
  }
  return result;
}

std::string jinja_strip(const std::string& text, int sides, const std::string& which) {
  std::size_t begin = 0;
  std::size_t end = text.size();
  while ((sides & 1) != 0 && begin < end && which.find(text[begin]) != std::string::npos) ++begin;
  while ((sides & 2) != 0 && end > begin && which.find(text[end - 1]) != std::string::npos) --end;
  return text.substr(begin, end - begin);
}

}  // namespace ringlet::convert
