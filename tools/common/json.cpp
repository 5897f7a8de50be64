#include "common/json.hpp"

#include <cmath>
#include <limits>

namespace ringlet::common {

using nlohmann::json;

namespace {

/// Length of a Python number that JSON lacks, if `text` begins with one; otherwise 0.
std::size_t python_number_length(std::string_view text) {
  for (const std::string_view name : {"NaN", "Infinity", "-Infinity"}) {
    if (text.starts_with(name)) return name.size();
  }
  return 0;
}

/// Puts such numbers in quotes, unless they are inside a string.
std::string with_quoted_numbers(std::string_view text) {
  std::string result;
  bool inside = false;
  while (!text.empty()) {
    const std::size_t number = inside ? 0 : python_number_length(text);
    const bool escaped = inside && text[0] == '\\' && text.size() > 1;
    const std::size_t length = number != 0 ? number : escaped ? 2 : 1;
    if (text[0] == '"') inside = !inside;
    if (number != 0) result += '"';
    result += text.substr(0, length);
    if (number != 0) result += '"';
    text.remove_prefix(length);
  }
  return result;
}

bool has_python_number(std::string_view text) {
  return text.find("NaN") != std::string_view::npos ||
         text.find("Infinity") != std::string_view::npos;
}

}  // namespace

std::string JsonField::brief() const {
  constexpr std::size_t longest = 40;
  // Lists and objects are not printed, because a file can nest them deeper than the stack allows.
  if (value_->is_array()) return value_->empty() ? "[]" : "a list";
  if (value_->is_object()) return value_->empty() ? "{}" : "an object";
  const std::string text = value_->dump(-1, ' ', true, json::error_handler_t::replace);
  return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

/// "name: field = 1.5 must be …".
void JsonField::wrong(const char* wanted) const {
  fail(where_, " = ", brief(), " must be ", wanted);
}

const std::string& JsonField::text() const {
  if (!value_->is_string()) wrong("a text");
  return value_->get_ref<const std::string&>();
}

bool JsonField::boolean() const {
  if (!value_->is_boolean()) wrong("true or false");
  return value_->get<bool>();
}

double JsonField::number() const {
  if (!value_->is_number()) wrong("a number");
  return value_->get<double>();
}

std::uint32_t JsonField::index(std::uint64_t limit) const {
  const bool fits = value_->is_number_unsigned() && value_->get<std::uint64_t>() < limit;
  if (!fits) wrong(("an integer from 0 to " + std::to_string(limit - 1)).c_str());
  return static_cast<std::uint32_t>(value_->get<std::uint64_t>());
}

std::size_t JsonField::array_size() const {
  if (!value_->is_array()) wrong("a list");
  return value_->size();
}

JsonField JsonField::element(std::size_t index) const {
  return {(*value_)[index], where_ + "[" + std::to_string(index) + "]", reading_};
}

std::vector<UnreadMember> JsonField::unread() const {
  if (!value_->is_object()) wrong("an object");
  std::vector<UnreadMember> rest;
  for (const auto& [name, value] : value_->items()) {
    if (value.is_null() || (reading_ != nullptr && reading_->read.contains(&value))) continue;
    rest.push_back({name, JsonField(value, where_).brief()});
  }
  return rest;
}

std::optional<JsonField> JsonField::find(const char* name) const {
  if (!value_->is_object()) wrong("an object");
  const auto found = value_->find(name);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  if (reading_ != nullptr) reading_->read.insert(&*found);
  return JsonField(*found, where_ + ": " + name, reading_);
}

JsonField JsonField::at(const char* name) const {
  const std::optional<JsonField> field = find(name);
  if (!field) refuse(name, " is missing");
  return *field;
}

JsonField JsonField::object(const char* name) const {
  JsonField field = at(name);
  if (!field.value().is_object()) field.wrong("an object");
  return field;
}

std::uint64_t JsonField::whole() const {
  if (!value_->is_number_unsigned()) wrong("a whole number that is not negative");
  return value_->get<std::uint64_t>();
}

double JsonField::real() const {
  if (!std::isfinite(static_cast<float>(number()))) wrong("a number that a float can hold");
  return number();
}

std::uint32_t JsonField::size(const char* name, std::uint32_t otherwise) const {
  const std::optional<JsonField> field = find(name);
  if (!field) return otherwise;
  const std::uint64_t value = field->whole();
  if (value > std::numeric_limits<std::int32_t>::max()) field->wrong("below 2^31");
  return static_cast<std::uint32_t>(value);
}

std::uint32_t JsonField::count(const char* name, std::uint32_t otherwise) const {
  const std::uint32_t value = size(name, otherwise);
  if (value == 0) at(name).wrong("at least 1");
  return value;
}

std::uint32_t JsonField::count(const char* name) const {
  (void)at(name);
  return count(name, 1);
}

std::vector<std::uint64_t> JsonField::sizes(const char* name) const {
  const JsonField list = at(name);
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < list.array_size(); ++i) values.push_back(list.element(i).whole());
  return values;
}

double JsonField::number(const char* name) const { return at(name).real(); }

double JsonField::number(const char* name, double otherwise) const {
  const std::optional<JsonField> field = find(name);
  return field ? field->real() : otherwise;
}

double JsonField::positive(const char* name) const {
  (void)at(name);
  return positive(name, 0);
}

double JsonField::positive(const char* name, double otherwise) const {
  const double value = number(name, otherwise);
  if (!(value > 0)) refuse(name, " = ", value, " must be positive");
  return value;
}

std::vector<double> JsonField::numbers(const char* name) const {
  const JsonField list = at(name);
  std::vector<double> values;
  for (std::size_t i = 0; i < list.array_size(); ++i) values.push_back(list.element(i).real());
  return values;
}

bool JsonField::flag(const char* name, bool otherwise) const {
  const std::optional<JsonField> field = find(name);
  return field ? field->boolean() : otherwise;
}

std::string JsonField::text(const char* name) const { return at(name).text(); }

std::string JsonField::text(const char* name, const char* otherwise) const {
  const std::optional<JsonField> field = find(name);
  return field ? field->text() : otherwise;
}

std::vector<std::string> JsonField::texts(const char* name) const {
  const JsonField list = at(name);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < list.array_size(); ++i) values.push_back(list.element(i).text());
  return values;
}

JsonDocument::JsonDocument(std::string_view text, std::string name, IgnoredSettings* ignored)
    : name_(std::move(name)), reading_{.ignored = ignored} {
  try {
    value_ = has_python_number(text) ? json::parse(with_quoted_numbers(text)) : json::parse(text);
  } catch (const json::parse_error& error) {
    fail(name_, " is not valid JSON at byte ", error.byte);
  } catch (const json::exception&) {
    fail(name_, " is not valid JSON: it has a number that is out of range");
  }
}

}  // namespace ringlet::common
