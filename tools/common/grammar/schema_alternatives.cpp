#include "grammar/schema_alternatives.hpp"

#include <algorithm>
#include <utility>

#include "grammar/schema_keywords.hpp"

namespace ringlet::grammar {
namespace {

constexpr std::size_t alternative_limit = 256;

/// Removes the schema from those that are being resolved.
class Active {
 public:
  Active(std::set<const Json*>& active, const Json* schema) : active_(active), schema_(schema) {
    active_.insert(schema);
  }
  ~Active() { active_.erase(schema_); }
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;

 private:
  std::set<const Json*>& active_;
  const Json* schema_;
};

}  // namespace

Alternatives SchemaAlternatives::of(const Conjunction& conjunction) {
  Alternatives result = {Constraints()};
  for (const SchemaPlace& place : conjunction) result = product(result, of(place), place);
  return result;
}

Conjunction SchemaAlternatives::resolved(const Conjunction& conjunction) const {
  Conjunction result;
  for (SchemaPlace place : conjunction) {
    std::set<const Json*> seen;
    while (place.value->is_object() && has_only_ref(*place.value)) {
      if (!seen.insert(place.value).second) {
        document_.refuse(place, "refers to itself with nothing between");
      }
      check_keywords(document_, place);
      place = document_.target(place);
    }
    const bool everything = *place.value == true || *place.value == Json::object();
    if (everything || std::find(result.begin(), result.end(), place) != result.end()) continue;
    result.push_back(std::move(place));
  }
  return result;
}

Alternatives SchemaAlternatives::of(const SchemaPlace& place) {
  if (*place.value == true) return {Constraints()};
  if (*place.value == false) return {};
  if (!place.value->is_object()) {
    document_.refuse(place, "a schema must be an object, true or false");
  }
  if (active_.contains(place.value)) {
    document_.refuse(place, "refers to itself with nothing between");
  }
  const Active active(active_, place.value);
  return of_keywords(place);
}

Alternatives SchemaAlternatives::of_keywords(const SchemaPlace& place) {
  Alternatives result = {reader_.read(place)};
  if (result[0].types == 0) result.clear();
  if (place.value->contains("$ref")) {
    if (document_.ignores_beside_ref() && !has_only_ref(*place.value)) {
      document_.refuse(place,
                       "has keywords beside '$ref', which this dialect ignores; remove them");
    }
    result = product(result, of(document_.target(place)), place);
  }
  if (place.value->contains("allOf")) {
    const SchemaPlace all = place.member("allOf");
    if (!all.value->is_array()) document_.refuse(all, "must be a list");
    for (std::size_t i = 0; i < all.value->size(); ++i) {
      result = product(result, of(all.element(i)), place);
    }
  }
  if (place.value->contains("anyOf")) {
    result = of_branches(place.member("anyOf"), result, false);
  }
  if (place.value->contains("oneOf")) result = of_branches(place.member("oneOf"), result, true);
  if (place.value->contains("nullable")) {
    const SchemaPlace nullable = place.member("nullable");
    if (!nullable.value->is_boolean()) document_.refuse(nullable, "must be true or false");
    if (*nullable.value == true) result.push_back(Constraints{.types = null_type});
  }
  return result;
}

Alternatives SchemaAlternatives::of_branches(const SchemaPlace& place, const Alternatives& base,
                                             bool exclusive) {
  if (!place.value->is_array() || place.value->empty()) {
    document_.refuse(place, "must be a list that is not empty");
  }
  std::vector<Alternatives> branches;
  Alternatives result;
  for (std::size_t i = 0; i < place.value->size(); ++i) {
    branches.push_back(of(place.element(i)));
    if (exclusive && place.value->size() > 1) {
      for (Constraints& branch : branches.back()) branch.exclusive = true;
    }
    Alternatives joined = product(base, branches.back(), place);
    result.insert(result.end(), joined.begin(), joined.end());
    if (result.size() > alternative_limit) {
      document_.refuse(place, "makes more than ", alternative_limit, " alternatives");
    }
  }
  if (!exclusive) return result;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    for (const Constraints& written : product(base, branches[i], place)) {
      for (std::size_t j = 0; j < branches.size(); ++j) {
        for (const Constraints& other : branches[j]) {
          if (i == j || !overlap(written, other, 0)) continue;
          document_.refuse(place, "a value can satisfy both branch ", i, " and branch ", j,
                           ", as far as the compiler sees; use anyOf if either is enough");
        }
      }
    }
  }
  return result;
}

Alternatives SchemaAlternatives::product(const Alternatives& a, const Alternatives& b,
                                         const SchemaPlace& place) const {
  Alternatives result;
  for (const Constraints& left : a) {
    for (const Constraints& right : b) {
      if (std::optional<Constraints> joined = both(left, right)) {
        result.push_back(std::move(*joined));
      }
      if (result.size() > alternative_limit) {
        document_.refuse(place, "makes more than ", alternative_limit, " alternatives");
      }
    }
  }
  return result;
}

}  // namespace ringlet::grammar
