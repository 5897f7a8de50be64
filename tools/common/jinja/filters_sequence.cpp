// Filters of lists, including those that sort.
#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/operators.hpp"

namespace ringlet::jinja {
namespace {

Value first_of(const Value& value) {
  if (const auto* iterator = value.as<IteratorPointer>()) {
    Iterator& state = **iterator;
    if (state.at < state.elements.size()) return state.elements[state.at++];
    return undefined("there is no first element");
  }
  const Values elements = elements_of(value);
  return elements.empty() ? undefined("there is no first element") : elements.front();
}

Value last_of(const Value& value) {
  if (value.is<IteratorPointer>()) raise("last of an iterator");
  const Values elements = elements_of(value);
  return elements.empty() ? undefined("there is no last element") : elements.back();
}

Value reversed(const Value& value) {
  if (value.text() != nullptr) {
    return slice(value, Value(None{}), Value(None{}), Value(std::int64_t{-1}));
  }
  Values elements = elements_of(value);
  std::reverse(elements.begin(), elements.end());
  // An iterator becomes a list.
  return value.is<IteratorPointer>() ? list_value(std::move(elements))
                                     : iterator_value(std::move(elements));
}

Value sum_of(const Value& value, const Arguments& arguments) {
  const Bound bound("sum()", arguments, {"attribute", "start"});
  const Value path = bound.get(0) == nullptr ? Value(None{}) : bound.at(0);
  Value total = bound.get(1) == nullptr ? Value(std::int64_t{0}) : bound.at(1);
  if (total.text() != nullptr) raise("sum() of texts");
  for (const Value& element : elements_of(value)) {
    total = binary("+", total, follow(element, path));
  }
  return total;
}

/// The parts of an element that sort() compares: paths separated by commas.
Value sort_key(const Value& element, const Value* paths, bool with_case) {
  Values key;
  const auto add = [&](const Value& path) {
    const Value part = follow(element, path);
    key.push_back(with_case ? part : without_case(part));
  };
  if (paths == nullptr || paths->text() == nullptr) {
    add(paths == nullptr ? Value(None{}) : *paths);
    return list_value(std::move(key));
  }
  const std::string& text = *paths->text();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    add(text_value(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return list_value(std::move(key));
}

Values sorted_by_key(std::vector<std::pair<Value, Value>> keyed, bool reverse) {
  if (keyed.size() > 5'000) unsupported("sorting this many elements");
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return reverse ? less(b.first, a.first) : less(a.first, b.first);
  });
  Values elements;
  for (auto& [key, element] : keyed) elements.push_back(std::move(element));
  return elements;
}

Value sorted(const Value& value, const Arguments& arguments) {
  const Bound bound("sort()", arguments, {"reverse", "case_sensitive", "attribute"});
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& element : elements_of(value)) {
    keyed.emplace_back(sort_key(element, bound.get(2), bound.truth(1)), element);
  }
  return list_value(sorted_by_key(std::move(keyed), bound.truth(0)));
}

Value sorted_items(const Value& value, const Arguments& arguments) {
  const Bound bound("dictsort()", arguments, {"case_sensitive", "by", "reverse"});
  const std::string by = bound.get(1) == nullptr ? "key" : bound.text(1);
  if (by != "key" && by != "value") raise("dictsort() by ", by);
  const auto* dictionary = value.as<DictionaryPointer>();
  if (dictionary == nullptr) raise("dictsort() of a ", type_name(value));
  std::vector<std::pair<Value, Value>> keyed;
  for (const auto& [key, element] : (*dictionary)->entries) {
    const Value& part = by == "key" ? key : element;
    keyed.emplace_back(bound.truth(0) ? part : without_case(part), tuple_value({key, element}));
  }
  return list_value(sorted_by_key(std::move(keyed), bound.truth(2)));
}

/// min() and max(): the first of the smallest or largest elements.
Value extreme(const Value& value, bool largest, const Arguments& arguments) {
  const Bound bound(largest ? "max()" : "min()", arguments, {"case_sensitive", "attribute"});
  const Value path = bound.get(1) == nullptr ? Value(None{}) : bound.at(1);
  const Values elements = elements_of(value);
  if (elements.empty()) return undefined("there is no largest or smallest element");
  const auto key = [&](const Value& element) {
    const Value part = follow(element, path);
    return bound.truth(0) ? part : without_case(part);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < elements.size(); ++i) {
    const bool better = largest ? less(key(elements[best]), key(elements[i]))
                                : less(key(elements[i]), key(elements[best]));
    if (better) best = i;
  }
  return elements[best];
}

}  // namespace

bool sequence_filter(const std::string& name, const Value& value, const Arguments& arguments,
                     Value& result) {
  if (name == "first" || name == "last" || name == "reverse" || name == "list") {
    const Bound none(name, arguments, {});
    result = name == "first"     ? first_of(value)
             : name == "last"    ? last_of(value)
             : name == "reverse" ? reversed(value)
                                 : list_value(elements_of(value));
  } else if (name == "sum") {
    result = sum_of(value, arguments);
  } else {
    return false;
  }
  return true;
}

bool order_filter(const std::string& name, const Value& value, const Arguments& arguments,
                  Value& result) {
  if (name == "sort") {
    result = sorted(value, arguments);
  } else if (name == "dictsort") {
    result = sorted_items(value, arguments);
  } else if (name == "min" || name == "max") {
    result = extreme(value, name == "max", arguments);
  } else {
    return false;
  }
  return true;
}

}  // namespace ringlet::jinja
