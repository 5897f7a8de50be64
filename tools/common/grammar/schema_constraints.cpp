#include "grammar/schema_constraints.hpp"

#include <algorithm>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

template <typename Item>
void append(std::vector<Item>& to, const std::vector<Item>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

std::optional<std::uint32_t> smaller(std::optional<std::uint32_t> a,
                                     std::optional<std::uint32_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

void add_unless_there(Conjunction& conjunction, const SchemaPlace& place) {
  const bool is_there =
      std::find(conjunction.begin(), conjunction.end(), place) != conjunction.end();
  if (!is_there) conjunction.push_back(place);
}

/// Values of both lists, as equal as JSON Schema has them: 1 and 1.0 are one number.
std::vector<SchemaPlace> common_values(const std::vector<SchemaPlace>& a,
                                       const std::vector<SchemaPlace>& b) {
  // Members of objects have no order, as in nlohmann::json.
  std::vector<nlohmann::json> others;
  others.reserve(b.size());
  for (const SchemaPlace& place : b) others.emplace_back(*place.value);
  std::vector<SchemaPlace> common;
  for (const SchemaPlace& place : a) {
    const bool in_both =
        std::find(others.begin(), others.end(), nlohmann::json(*place.value)) != others.end();
    if (in_both) common.push_back(place);
  }
  return common;
}

StringConstraints both_strings(const StringConstraints& a, const StringConstraints& b) {
  StringConstraints result = a;
  result.least = std::max(a.least, b.least);
  result.most = smaller(a.most, b.most);
  append(result.patterns, b.patterns);
  if ((a.list && b.list && a.list != b.list) || (a.span && b.span && a.span != b.span)) {
    common::fail(
        "schemas that hold together name two lists, or two kinds of spans, for one string");
  }
  if (!result.list) result.list = b.list;
  if (!result.span) result.span = b.span;
  result.spaced = a.spaced || b.spaced;
  return result;
}

/// Drops types that have no value left.
void drop_impossible(Constraints& constraints) {
  const auto drop_if = [&](TypeBits type, bool impossible) {
    if (impossible) constraints.types &= static_cast<std::uint8_t>(~type);
  };
  drop_if(number_type, constraints.number.empty());
  drop_if(string_type, constraints.string.most.value_or(~0U) < constraints.string.least);
  drop_if(array_type, constraints.most_items.value_or(~0U) < constraints.least_items);
}

}  // namespace

Conjunction Constraints::element(std::size_t index) const {
  Conjunction conjunction;
  for (const ArrayPart& part : arrays) {
    if (index < part.prefix.size()) {
      add_unless_there(conjunction, part.prefix[index]);
    } else if (part.rest) {
      add_unless_there(conjunction, *part.rest);
    }
  }
  return conjunction;
}

std::size_t Constraints::equal_from() const {
  std::size_t longest = 0;
  for (const ArrayPart& part : arrays) longest = std::max(longest, part.prefix.size());
  return longest;
}

Conjunction Constraints::member(const std::string& key) const {
  Conjunction conjunction;
  for (const ObjectPart& part : objects) {
    const auto found = std::find_if(part.properties.begin(), part.properties.end(),
                                    [&](const auto& property) { return property.first == key; });
    if (found != part.properties.end()) {
      add_unless_there(conjunction, found->second);
    } else if (part.additional) {
      add_unless_there(conjunction, *part.additional);
    }
  }
  return conjunction;
}

std::vector<std::string> Constraints::keys() const {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  };
  for (const ObjectPart& part : objects) {
    for (const auto& [key, place] : part.properties) add(key);
  }
  for (const std::string& key : required) add(key);
  return keys;
}

bool Constraints::requires_key(const std::string& key) const {
  return std::find(required.begin(), required.end(), key) != required.end();
}

bool Constraints::has_free_members() const {
  return required.empty() && std::none_of(objects.begin(), objects.end(),
                                          [](const ObjectPart& part) { return part.declares; });
}

std::optional<Constraints> both(const Constraints& a, const Constraints& b) {
  Constraints result = a;
  result.types &= b.types;
  result.number = a.number & b.number;
  result.string = both_strings(a.string, b.string);
  append(result.arrays, b.arrays);
  append(result.objects, b.objects);
  append(result.required, b.required);
  result.least_items = std::max(a.least_items, b.least_items);
  result.most_items = smaller(a.most_items, b.most_items);
  result.exclusive = a.exclusive || b.exclusive;
  if (b.values) result.values = a.values ? common_values(*a.values, *b.values) : *b.values;
  drop_impossible(result);
  if (result.types == 0 || (result.values && result.values->empty())) return std::nullopt;
  return result;
}

}  // namespace ringlet::grammar
