#include "serve/protocol/fields.hpp"

#include <utility>

#include "common/format_values.hpp"
#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {

Fields::Fields(const Json& object, std::string prefix)
    : object_(&object), prefix_(std::move(prefix)) {}

const Json* Fields::find(const char* name) const {
  const auto found = object_->find(name);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::optional<double> Fields::number(const char* name) const {
  const Json* field = find(name);
  if (field == nullptr) return std::nullopt;
  if (!field->is_number()) throw invalid(path(name), path(name) + " must be a number");
  return field->get<double>();
}

std::optional<std::int64_t> Fields::integer(const char* name) const {
  const Json* field = find(name);
  if (field == nullptr) return std::nullopt;
  // 64.0 is a number of some clients.
  const bool whole = field->is_number_float() && field->get<double>() >= -9.0e15 &&
                     field->get<double>() <= 9.0e15 &&
                     field->get<double>() == static_cast<double>(field->get<std::int64_t>());
  const bool too_large = field->is_number_unsigned() && field->get<std::uint64_t>() > INT64_MAX;
  if (!(field->is_number_integer() || whole) || too_large) {
    throw invalid(path(name), path(name) + " must be a whole number");
  }
  return field->get<std::int64_t>();
}

std::optional<bool> Fields::flag(const char* name) const {
  const Json* field = find(name);
  if (field == nullptr) return std::nullopt;
  if (!field->is_boolean()) throw invalid(path(name), path(name) + " must be true or false");
  return field->get<bool>();
}

std::optional<std::string> Fields::text(const char* name) const {
  const Json* field = find(name);
  if (field == nullptr) return std::nullopt;
  if (!field->is_string()) throw invalid(path(name), path(name) + " must be a string");
  return field->get<std::string>();
}

std::vector<std::string> Fields::texts(const char* name) const {
  const Json* field = find(name);
  if (field == nullptr) return {};
  if (field->is_string()) return {field->get<std::string>()};
  std::vector<std::string> result;
  if (field->is_array()) {
    for (const Json& element : *field) {
      if (element.is_string()) result.push_back(element.get<std::string>());
    }
  }
  if (!field->is_array() || result.size() != field->size()) {
    throw invalid(path(name), path(name) + " must be a string or a list of strings");
  }
  return result;
}

const Json* Fields::object(const char* name) const {
  const Json* field = find(name);
  if (field != nullptr && !field->is_object()) {
    throw invalid(path(name), path(name) + " must be an object");
  }
  return field;
}

const Json* Fields::list(const char* name) const {
  const Json* field = find(name);
  if (field != nullptr && !field->is_array()) {
    throw invalid(path(name), path(name) + " must be a list");
  }
  return field;
}

Fields Fields::element(const char* name, std::size_t index) const {
  const std::string where = path(name) + "[" + std::to_string(index) + "]";
  const Json& value = list(name)->at(index);
  if (!value.is_object()) throw invalid(where, where + " must be an object");
  return Fields(value, where + ".");
}

std::optional<double> Fields::number(const char* name, double low, double high) const {
  const std::optional<double> value = number(name);
  if (!value || (*value >= low && *value <= high)) return value;
  throw invalid(path(name), common::format("%s must be %.7g to %.7g (got %.7g)", path(name).c_str(),
                                           low, high, *value));
}

std::optional<std::int64_t> Fields::integer(const char* name, std::int64_t low,
                                            std::int64_t high) const {
  const std::optional<std::int64_t> value = integer(name);
  if (!value || (*value >= low && *value <= high)) return value;
  throw invalid(path(name), path(name) + " must be " + std::to_string(low) + " to " +
                                std::to_string(high) + " (got " + std::to_string(*value) + ")");
}

void Fields::require_absent(const char* name, const Json& neutral, const char* why) const {
  const Json* field = find(name);
  if (field == nullptr || *field == neutral) return;
  throw unsupported(path(name), path(name) + ": " + why);
}

}  // namespace ringlet::serve
