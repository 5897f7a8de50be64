#include "grammar/schema_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "grammar/regular_expression.hpp"
#include "grammar/schema_formats.hpp"
#include "grammar/schema_keywords.hpp"

namespace ringlet::grammar {
namespace {

/// More characters or elements than any automaton can count.
constexpr std::uint32_t count_limit = 65'535;

constexpr std::array<std::pair<const char*, TypeBits>, 7> type_names = {{{"null", null_type},
                                                                         {"boolean", boolean_type},
                                                                         {"number", number_type},
                                                                         {"integer", number_type},
                                                                         {"string", string_type},
                                                                         {"array", array_type},
                                                                         {"object", object_type}}};

std::optional<SchemaPlace> find(const SchemaPlace& place, const char* key) {
  if (!place.value->contains(key)) return std::nullopt;
  return place.member(key);
}

/// A whole number that is not negative, which can be written as 2.0.
std::optional<std::uint32_t> count(const SchemaDocument& document, const SchemaPlace& place,
                                   const char* key) {
  const std::optional<SchemaPlace> found = find(place, key);
  if (!found) return std::nullopt;
  if (!found->value->is_number()) document.refuse(*found, "must be a number");
  const Decimal number = Decimal::of(*found->value);
  if (number.negative || !number.fraction.empty()) {
    document.refuse(*found, "must be a whole number that is not negative");
  }
  if (number.whole.size() > 5 || std::stoul(number.whole) > count_limit) {
    document.refuse(*found, "is above the limit of ", count_limit);
  }
  return static_cast<std::uint32_t>(std::stoul(number.whole));
}

std::vector<SchemaPlace> elements(const SchemaDocument& document, const SchemaPlace& place) {
  if (!place.value->is_array()) document.refuse(place, "must be a list");
  std::vector<SchemaPlace> found;
  for (std::size_t i = 0; i < place.value->size(); ++i) found.push_back(place.element(i));
  return found;
}

}  // namespace

Constraints SchemaReader::read(const SchemaPlace& place) {
  check_keywords(document_, place);
  Constraints constraints;
  read_type(place, constraints);
  read_values(place, constraints);
  read_number(place, constraints);
  read_string(place, constraints);
  read_given(place, constraints);
  read_array(place, constraints);
  read_object(place, constraints);
  return constraints;
}

void SchemaReader::note(const SchemaPlace& place, const std::string& text) {
  const std::string line = place.pointer + ": " + text;
  if (std::find(notes_.begin(), notes_.end(), line) == notes_.end()) notes_.push_back(line);
}

void SchemaReader::read_type(const SchemaPlace& place, Constraints& constraints) {
  const std::optional<SchemaPlace> type = find(place, "type");
  if (!type) return;
  std::vector<SchemaPlace> names = {*type};
  if (type->value->is_array()) names = elements(document_, *type);
  std::uint8_t types = 0;
  bool integer = false;
  bool number = false;
  for (const SchemaPlace& name : names) {
    const auto* const known =
        std::find_if(type_names.begin(), type_names.end(),
                     [&](const auto& candidate) { return *name.value == candidate.first; });
    if (known == type_names.end()) document_.refuse(name, "is not the name of a type");
    types |= known->second;
    integer = integer || *name.value == "integer";
    number = number || *name.value == "number";
  }
  constraints.types = types;
  constraints.number.integer = integer && !number;
}

void SchemaReader::read_values(const SchemaPlace& place, Constraints& constraints) {
  if (const std::optional<SchemaPlace> values = find(place, "enum")) {
    constraints.values = elements(document_, *values);
    if (constraints.values->empty()) document_.refuse(*values, "has no values");
  }
  if (const std::optional<SchemaPlace> value = find(place, "const")) {
    Constraints constant;
    constant.values = {{*value}};
    constraints = both(constraints, constant).value_or(Constraints{.types = 0});
  }
}

void SchemaReader::read_number(const SchemaPlace& place, Constraints& constraints) {
  struct Keyword {
    const char* name;
    bool lower;
    bool exclusive;
  };
  constexpr std::array<Keyword, 4> keywords = {{{"minimum", true, false},
                                                {"exclusiveMinimum", true, true},
                                                {"maximum", false, false},
                                                {"exclusiveMaximum", false, true}}};
  for (const Keyword& keyword : keywords) {
    const std::optional<SchemaPlace> found = find(place, keyword.name);
    if (!found) continue;
    if (found->value->is_boolean()) {
      document_.refuse(*found, "is draft 4's; give the number itself");
    }
    if (!found->value->is_number()) document_.refuse(*found, "must be a number");
    const Bound bound = {Decimal::of(*found->value), keyword.exclusive};
    NumberRange range;
    (keyword.lower ? range.lower : range.upper) = bound;
    constraints.number = constraints.number & range;
  }
  if (const std::optional<SchemaPlace> factor = find(place, "multipleOf")) {
    if (*factor->value != 1) document_.refuse(*factor, "'multipleOf' is supported for 1 only");
    constraints.number.integer = true;
  }
}

void SchemaReader::add_pattern(const SchemaPlace& place, std::string_view pattern,
                               Constraints& constraints) {
  std::shared_ptr<const CharacterAutomaton>& known = patterns_[std::string(pattern)];
  if (known == nullptr) {
    try {
      const ExpressionPtr expression = read_regular_expression(pattern, "the expression");
      known = std::make_shared<CharacterAutomaton>(determine(*expression, true));
    } catch (const port::Failure& failure) {
      document_.refuse(place, failure.what());
    }
  }
  constraints.string.patterns.push_back(known);
}

void SchemaReader::read_string(const SchemaPlace& place, Constraints& constraints) {
  constraints.string.least = count(document_, place, "minLength").value_or(0);
  constraints.string.most = count(document_, place, "maxLength");
  if (const std::optional<SchemaPlace> pattern = find(place, "pattern")) {
    if (!pattern->value->is_string()) document_.refuse(*pattern, "must be a text");
    add_pattern(*pattern, pattern->value->get_ref<const std::string&>(), constraints);
  }
  if (const std::optional<SchemaPlace> format = find(place, "format")) {
    if (!format->value->is_string()) document_.refuse(*format, "must be a text");
    const auto& name = format->value->get_ref<const std::string&>();
    if (const auto pattern = pattern_of_format(name)) {
      add_pattern(*format, *pattern, constraints);
    } else {
      note(*format, "the format '" + name + "' is not checked");
    }
  }
}

void SchemaReader::read_given(const SchemaPlace& place, Constraints& constraints) {
  const std::optional<SchemaPlace> list = find(place, "x-ringlet-list");
  const std::optional<SchemaPlace> span = find(place, "x-ringlet-span");
  if (list) {
    if (!list->value->is_string() || list->value->get_ref<const std::string&>().empty()) {
      document_.refuse(*list, "must be the name of a list");
    }
    constraints.string.list = list->value->get<std::string>();
  }
  if (span && *span->value != false) {
    if (*span->value != true && *span->value != "words") {
      document_.refuse(*span, "must be true, false or \"words\"");
    }
    constraints.string.span = *span->value == "words";
  }
  const bool given = constraints.string.list || constraints.string.span;
  if (given && constraints.types != string_type) {
    document_.refuse(list ? *list : *span, "needs \"type\": \"string\"");
  }
  if (const std::optional<SchemaPlace> spaced = find(place, "x-ringlet-spaced")) {
    if (!spaced->value->is_boolean()) document_.refuse(*spaced, "must be true or false");
    constraints.string.spaced = spaced->value->get<bool>();
    if (constraints.string.spaced && !given) {
      document_.refuse(*spaced, "needs 'x-ringlet-list' or 'x-ringlet-span' beside it");
    }
  }
}

void SchemaReader::read_array(const SchemaPlace& place, Constraints& constraints) {
  ArrayPart part;
  if (const std::optional<SchemaPlace> prefix = find(place, "prefixItems")) {
    part.prefix = elements(document_, *prefix);
  }
  std::optional<SchemaPlace> items = find(place, "items");
  if (items && items->value->is_array()) {  // up to draft 2019-09
    part.prefix = elements(document_, *items);
    items = find(place, "additionalItems");
  }
  part.rest = items;
  if (!part.prefix.empty() || part.rest) constraints.arrays.push_back(std::move(part));
  constraints.least_items = count(document_, place, "minItems").value_or(0);
  constraints.most_items = count(document_, place, "maxItems");
  const std::optional<SchemaPlace> unique = find(place, "uniqueItems");
  if (!unique) return;
  if (!unique->value->is_boolean()) document_.refuse(*unique, "must be true or false");
  if (*unique->value == true && constraints.most_items.value_or(2) > 1) {
    document_.refuse(*unique, "'uniqueItems' is not supported: an automaton cannot remember items");
  }
}

void SchemaReader::read_object(const SchemaPlace& place, Constraints& constraints) {
  ObjectPart part;
  if (const std::optional<SchemaPlace> properties = find(place, "properties")) {
    if (!properties->value->is_object()) document_.refuse(*properties, "must be an object");
    part.declares = true;
    for (const auto& [key, schema] : properties->value->items()) {
      part.properties.emplace_back(key, properties->member(key));
    }
  }
  part.additional = find(place, "additionalProperties");
  const bool closed = part.additional && *part.additional->value == false;
  if (closed) part.declares = true;
  if (part.declares || part.additional) constraints.objects.push_back(std::move(part));
  if (const std::optional<SchemaPlace> required = find(place, "required")) {
    for (const SchemaPlace& key : elements(document_, *required)) {
      if (!key.value->is_string()) document_.refuse(key, "must be a text");
      constraints.required.push_back(key.value->get<std::string>());
    }
  }
}

}  // namespace ringlet::grammar
