// Python's ==, < and "in".
#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/markup.hpp"
#include "jinja/value.hpp"

namespace ringlet::jinja {
namespace {

bool equal_elements(const Values& left, const Values& right) {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), equal);
}

bool equal_dictionaries(const Dictionary& left, const Dictionary& right) {
  return left.entries.size() == right.entries.size() &&
         std::all_of(left.entries.begin(), left.entries.end(), [&](const auto& entry) {
           const Value* other = find(right, entry.first);
           return other != nullptr && equal(entry.second, *other);
         });
}

bool equal_numbers(const Value& left, const Value& right) {
  if (left.is_integer() && right.is_integer()) {
    return integer_of(left, "") == integer_of(right, "");
  }
  const auto* one = left.as<LargeInteger>();
  const auto* other = right.as<LargeInteger>();
  if (one != nullptr && other != nullptr) return *one->digits == *other->digits;
  return real_of(left) == real_of(right);
}

bool equal_sequences(const Sequence& left, const Sequence& right) {
  if (left.kind >= Sequence::Kind::keys || right.kind >= Sequence::Kind::keys) {
    unsupported("comparing views of dictionaries");
  }
  return left.kind == right.kind && equal_elements(left.elements, right.elements);
}

bool equal_texts(const Value& left, const Value& right) {
  return left.text() != nullptr && right.text() != nullptr && *left.text() == *right.text();
}

}  // namespace

bool equal(const Value& left, const Value& right) {
  if (left.is<Markup>() || right.is<Markup>()) {
    return equal_texts(without_mark(left), without_mark(right));
  }
  if (left.is_number() && right.is_number()) return equal_numbers(left, right);
  if (left.index() != right.index()) return false;
  if (left.is<Undefined>() || left.is<None>()) return true;
  if (left.text() != nullptr) return *left.text() == *right.text();
  if (const auto* sequence = left.as<SequencePointer>()) {
    return equal_sequences(**sequence, **right.as<SequencePointer>());
  }
  if (const auto* dictionary = left.as<DictionaryPointer>()) {
    return equal_dictionaries(**dictionary, **right.as<DictionaryPointer>());
  }
  if (const auto* object = left.as<Namespace*>()) return *object == *right.as<Namespace*>();
  unsupported("comparing a ", type_name(left), " with another");
}

bool less(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    if (left.is_integer() && right.is_integer()) {
      return integer_of(left, "") < integer_of(right, "");
    }
    return real_of(left) < real_of(right);
  }
  if (left.text() != nullptr && right.text() != nullptr) return *left.text() < *right.text();
  for (const Sequence::Kind kind : {Sequence::Kind::list, Sequence::Kind::tuple}) {
    const Values* first = left.sequence(kind);
    const Values* second = right.sequence(kind);
    if (first == nullptr || second == nullptr) continue;
    for (std::size_t i = 0; i < first->size() && i < second->size(); ++i) {
      if (!equal((*first)[i], (*second)[i])) return less((*first)[i], (*second)[i]);
    }
    return first->size() < second->size();
  }
  if (left.is<Markup>() || right.is<Markup>()) unsupported("ordering marked text");
  if (left.is<SequencePointer>() && right.is<SequencePointer>() &&
      ((*left.as<SequencePointer>())->kind >= Sequence::Kind::keys)) {
    unsupported("ordering views of dictionaries");
  }
  raise("a ", type_name(left), " and a ", type_name(right), " have no order");
}

bool contains(const Value& container, const Value& item) {
  if (container.is<Markup>() || item.is<Markup>()) {
    return contains(without_mark(container), without_mark(item));
  }
  if (const std::string* text = container.text()) {
    if (item.text() == nullptr) raise("looks for a ", type_name(item), " in a text");
    return text->find(*item.text()) != std::string::npos;
  }
  if (const auto* dictionary = container.as<DictionaryPointer>()) {
    return find(**dictionary, item) != nullptr;
  }
  if (const auto* iterator = container.as<IteratorPointer>()) {
    Iterator& state = **iterator;
    while (state.at < state.elements.size()) {
      if (equal(state.elements[state.at++], item)) return true;
    }
    return false;
  }
  if (container.is<LoopState*>()) unsupported("looking into a loop");
  if (const auto* sequence = container.as<SequencePointer>()) {
    if ((*sequence)->kind == Sequence::Kind::keys) {
      (void)find(Dictionary{}, item);  // rejects unhashable values
    }
  }
  const Values elements = elements_of(container);
  return std::any_of(elements.begin(), elements.end(),
                     [&](const Value& element) { return equal(element, item); });
}

}  // namespace ringlet::jinja
