// Filters whose results can be iterated once.
#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/filters.hpp"

namespace ringlet::jinja {
namespace {

/// Removes and returns the named argument with this name.
std::optional<Value> take_named(Arguments& arguments, std::string_view name) {
  const auto found = std::find_if(arguments.named.begin(), arguments.named.end(),
                                  [&](const auto& one) { return one.first == name; });
  if (found == arguments.named.end()) return {};
  Value value = std::move(found->second);
  arguments.named.erase(found);
  return value;
}

/// Removes and returns the first positional argument, a name.
std::string take_name(Arguments& arguments) {
  if (arguments.positional[0].text() == nullptr) raise("a name that is not a text");
  std::string name = *arguments.positional[0].text();
  arguments.positional.erase(arguments.positional.begin());
  return name;
}

/// The member at a path. Each member on the path can have a default.
Value member_or(Value value, const Value& path, const std::optional<Value>& otherwise) {
  value = follow(value, path);
  const bool absent = otherwise && !otherwise->is<None>() && value.is<Undefined>();
  return absent ? *otherwise : value;
}

Values mapped(const Value& value, Arguments arguments) {
  Values result;
  if (arguments.positional.empty()) {
    const auto path = take_named(arguments, "attribute");
    if (!path) raise("map() without a filter");
    const auto otherwise = take_named(arguments, "default");
    if (!arguments.named.empty()) raise("map() with an unknown argument");
    if (otherwise && path->text() != nullptr && path->text()->find('.') != std::string::npos) {
      unsupported("map() with a default and a path");
    }
    for (const Value& element : elements_of(value)) {
      result.push_back(member_or(element, *path, otherwise));
    }
    return result;
  }
  const std::string name = take_name(arguments);
  for (const Value& element : elements_of(value)) {
    result.push_back(apply_filter(name, element, arguments));
  }
  return result;
}

/// select(), reject(), selectattr() and rejectattr().
Values selected(const Value& value, Arguments arguments, bool wanted, bool by_member) {
  Value path(None{});
  if (by_member) {
    if (arguments.positional.empty()) raise("selects without an attribute");
    path = arguments.positional[0];
    arguments.positional.erase(arguments.positional.begin());
  }
  const bool tests = !arguments.positional.empty();
  const std::string name = tests ? take_name(arguments) : "";
  Values result;
  for (const Value& element : elements_of(value)) {
    const Value part = follow(element, path);
    if ((tests ? apply_test(name, part, arguments) : is_true(part)) == wanted) {
      result.push_back(element);
    }
  }
  return result;
}

Values unique(const Value& value, const Arguments& arguments) {
  const Bound bound("unique()", arguments, {"case_sensitive", "attribute"});
  const Value path = bound.get(1) == nullptr ? Value(None{}) : bound.at(1);
  Values seen;
  Values result;
  const Values elements = elements_of(value);
  if (elements.size() > 300) unsupported("unique() of more than 300 elements");
  for (const Value& element : elements) {
    const Value part = follow(element, path);
    const Value key = bound.truth(0) ? part : without_case(part);
    (void)dictionary_value({{key, Value(None{})}});  // rejects unhashable values
    const auto same = [&](const Value& other) { return equal(other, key); };
    if (std::any_of(seen.begin(), seen.end(), same)) continue;
    seen.push_back(key);
    result.push_back(element);
  }
  return result;
}

Values items_of(const Value& value) {
  Values result;
  if (value.is<Undefined>()) return result;
  const auto* dictionary = value.as<DictionaryPointer>();
  if (dictionary == nullptr) raise("items of a ", type_name(value));
  for (const auto& [key, element] : (*dictionary)->entries) {
    result.push_back(tuple_value({key, element}));
  }
  return result;
}

}  // namespace

bool generator_filter(const std::string& name, const Value& value, const Arguments& arguments,
                      Value& result) {
  const bool selects =
      name == "select" || name == "reject" || name == "selectattr" || name == "rejectattr";
  Values elements;
  if (name == "map" || selects) {
    if (is_true(value)) {
      elements = name == "map" ? mapped(value, arguments)
                               : selected(value, arguments, name[0] == 's', name.ends_with("attr"));
    }
  } else if (name == "unique") {
    elements = unique(value, arguments);
  } else if (name == "items") {
    const Bound none(name, arguments, {});
    elements = items_of(value);
  } else {
    return false;
  }
  result = iterator_value(std::move(elements));
  return true;
}

}  // namespace ringlet::jinja
