#include "json_fields.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "errors.hpp"
#include "mapped_file.hpp"

namespace ringlet::convert {

using nlohmann::json;

json parse_json(std::string_view text, const std::string& name) {
  json value;
  try {
    value = json::parse(text);
  } catch (const json::parse_error& error) {
    fail(name, " is not valid JSON at byte ", error.byte);
  } catch (const json::exception&) {
    fail(name, " is not valid JSON: it has a number that is out of range");
  }
  if (!value.is_object()) fail(name, " holds JSON, but no object");
  return value;
}

json read_json(const std::filesystem::path& path) {
  const MappedFile file(path);
  return parse_json({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()},
                    path.string());
}

JsonFields::JsonFields(const json& object, std::string name)
    : object_(object), name_(std::move(name)) {
  if (!object_.is_object()) fail(name_, " must be a JSON object");
}

const json* JsonFields::find(const char* field) const {
  const auto found = object_.find(field);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const json& JsonFields::get(const char* field) const {
  const json* value = find(field);
  if (value == nullptr) fail(name_, ": ", field, " is missing");
  return *value;
}

void JsonFields::wrong(const char* field, const char* wanted) const {
  constexpr std::size_t longest = 40;
  const json& value = object_.at(field);
  // Lists and objects are not printed: a file may nest them deeper than the stack allows.
  std::string found = value.type_name();
  if (value.is_primitive()) {
    found = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (found.size() > longest) found = found.substr(0, longest) + "...";
  }
  fail(name_, ": ", field, " = ", found, " must be ", wanted);
}

std::uint64_t JsonFields::whole(const char* field, const json& value) const {
  if (!value.is_number_unsigned()) wrong(field, "a whole number that is not negative");
  return value.get<std::uint64_t>();
}

double JsonFields::real(const char* field, const json& value) const {
  if (!value.is_number()) wrong(field, "a number");
  const auto number = value.get<double>();
  if (!std::isfinite(static_cast<float>(number))) wrong(field, "a number that a float can hold");
  return number;
}

std::uint32_t JsonFields::size(const char* field, std::uint32_t otherwise) const {
  const json* value = find(field);
  if (value == nullptr) return otherwise;
  const std::uint64_t number = whole(field, *value);
  if (number > std::numeric_limits<std::int32_t>::max()) wrong(field, "below 2^31");
  return static_cast<std::uint32_t>(number);
}

std::uint32_t JsonFields::count(const char* field, std::uint32_t otherwise) const {
  const std::uint32_t number = size(field, otherwise);
  if (number == 0) wrong(field, "at least 1");
  return number;
}

std::uint32_t JsonFields::count(const char* field) const {
  (void)get(field);
  return count(field, 1);
}

std::vector<std::uint64_t> JsonFields::sizes(const char* field) const {
  const json& value = get(field);
  if (!value.is_array()) wrong(field, "a list of whole numbers");
  std::vector<std::uint64_t> list;
  for (const json& element : value) list.push_back(whole(field, element));
  return list;
}

double JsonFields::number(const char* field) const { return real(field, get(field)); }

double JsonFields::number(const char* field, double otherwise) const {
  const json* value = find(field);
  return value == nullptr ? otherwise : real(field, *value);
}

std::vector<double> JsonFields::numbers(const char* field) const {
  const json& value = get(field);
  if (!value.is_array()) wrong(field, "a list of numbers");
  std::vector<double> list;
  for (const json& element : value) list.push_back(real(field, element));
  return list;
}

bool JsonFields::flag(const char* field, bool otherwise) const {
  const json* value = find(field);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) wrong(field, "true or false");
  return value->get<bool>();
}

std::string JsonFields::text(const char* field) const {
  const json& value = get(field);
  if (!value.is_string()) wrong(field, "a text");
  return value.get<std::string>();
}

std::string JsonFields::text(const char* field, const char* otherwise) const {
  return has(field) ? text(field) : otherwise;
}

std::vector<std::string> JsonFields::texts(const char* field) const {
  const json& value = get(field);
  if (!value.is_array()) wrong(field, "a list of texts");
  std::vector<std::string> list;
  for (const json& element : value) {
    if (!element.is_string()) wrong(field, "a list of texts");
    list.push_back(element.get<std::string>());
  }
  return list;
}

JsonFields JsonFields::object(const char* field) const {
  const json& value = get(field);
  if (!value.is_object()) wrong(field, "an object");
  return {value, name_ + ": " + field};
}

}  // namespace ringlet::convert
