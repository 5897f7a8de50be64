// Which values of `enum` and `const` satisfy the keywords beside them.
#include <algorithm>

#include "grammar/schema_alternatives.hpp"
#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

TypeBits type_of(const Json& value) {
  if (value.is_null()) return null_type;
  if (value.is_boolean()) return boolean_type;
  if (value.is_number()) return number_type;
  if (value.is_string()) return string_type;
  return value.is_array() ? array_type : object_type;
}

bool allows_string(const StringConstraints& constraints, const std::string& value) {
  const std::u32string characters = characters_of(value);
  return characters.size() >= constraints.least &&
         characters.size() <= constraints.most.value_or(~0U) &&
         std::all_of(constraints.patterns.begin(), constraints.patterns.end(),
                     [&](const auto& pattern) { return pattern->accepts(characters); });
}

}  // namespace

bool SchemaAlternatives::allows(const Conjunction& conjunction, const SchemaPlace& value) {
  const Alternatives alternatives = of(conjunction);
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const Constraints& one) {
    if (one.exclusive && value.value->is_structured()) {
      document_.refuse(value, "a list or object beside 'oneOf' is not supported");
    }
    if (one.values) {
      const nlohmann::json wanted = *value.value;
      const bool listed = std::any_of(
          one.values->begin(), one.values->end(),
          [&](const SchemaPlace& place) { return nlohmann::json(*place.value) == wanted; });
      if (!listed) return false;
    }
    return allows(one, value);
  });
}

bool SchemaAlternatives::allows(const Constraints& constraints, const SchemaPlace& value) {
  const Json& json = *value.value;
  if ((constraints.types & type_of(json)) == 0) return false;
  if (json.is_number()) return constraints.number.contains(json);
  if (json.is_string()) {
    const bool given = constraints.string.list || constraints.string.span;
    if (given) document_.refuse(value, "a value cannot stand beside a list or span");
    return allows_string(constraints.string, json.get<std::string>());
  }
  if (constraints.exclusive && json.is_structured()) {
    document_.refuse(value, "a list or object beside 'oneOf' is not supported");
  }
  if (json.is_array()) {
    bool allowed = json.size() >= constraints.least_items &&
                   json.size() <= constraints.most_items.value_or(~0U);
    for (std::size_t i = 0; allowed && i < json.size(); ++i) {
      allowed = allows(constraints.element(i), value.element(i));
    }
    return allowed;
  }
  if (json.is_object()) {
    bool allowed = std::all_of(constraints.required.begin(), constraints.required.end(),
                               [&](const std::string& key) { return json.contains(key); });
    for (auto member = json.begin(); allowed && member != json.end(); ++member) {
      allowed = allows(constraints.member(member.key()), value.member(member.key()));
    }
    return allowed;
  }
  return true;
}

}  // namespace ringlet::grammar
