#include "jinja/value.hpp"

#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/text.hpp"

namespace ringlet::convert::jinja {
namespace {

constexpr int deepest = 60;
constexpr std::size_t longest = 100'000;
constexpr std::size_t heaviest = 400'000;
constexpr std::size_t most_entries = 2'000;

/// One level above the elements.
Size size_above(const Values& elements) {
  if (elements.size() > longest) unsupported("a list of more than ", longest, " elements");
  Size size;
  for (const Value& element : elements) {
    const Size inner = size_of(element);
    size.depth = std::max(size.depth, inner.depth + 1);
    size.weight += inner.weight;
  }
  if (size.depth > deepest) unsupported("nesting lists more than ", deepest, " deep");
  if (size.weight > heaviest) unsupported("so large a list");
  return size;
}

void require_hash(const Value& key) {
  if (const Values* elements = key.sequence(Sequence::Kind::tuple)) {
    for (const Value& element : *elements) require_hash(element);
    return;
  }
  if (key.is<SequencePointer>() || key.is<DictionaryPointer>()) {
    raise("a ", type_name(key), " cannot be a key");
  }
  const bool plain =
      key.is<Undefined>() || key.is<None>() || key.is_number() || key.text() != nullptr;
  if (!plain) unsupported("a ", type_name(key), " as a key");
}

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
  return real_of(left) == real_of(right);
}

bool equal_sequences(const Sequence& left, const Sequence& right) {
  if (left.kind >= Sequence::Kind::keys || right.kind >= Sequence::Kind::keys) {
    unsupported("comparing views of dictionaries");
  }
  return left.kind == right.kind && equal_elements(left.elements, right.elements);
}

}  // namespace

Size size_of(const Value& value) {
  if (const auto* sequence = value.as<SequencePointer>()) return (*sequence)->size;
  if (const auto* dictionary = value.as<DictionaryPointer>()) return (*dictionary)->size;
  if (const auto* iterator = value.as<IteratorPointer>()) return (*iterator)->size;
  if (const auto* method = value.as<MethodPointer>()) return size_of((*method)->object);
  const std::string* text = value.text();
  return {.depth = 0, .weight = text == nullptr ? 1 : 1 + text->size() / 64};
}

Value undefined(std::string what) {
  return Value(Undefined{std::make_shared<const std::string>(std::move(what))});
}

Value text_value(std::string text) {
  return Value(std::make_shared<const std::string>(std::move(text)));
}

Value sequence_value(Sequence::Kind kind, Values elements,
                     const std::array<std::int64_t, 3>& range) {
  const Size size = size_above(elements);
  return Value(SequencePointer(std::make_shared<const Sequence>(
      Sequence{.kind = kind, .elements = std::move(elements), .size = size, .range = range})));
}

Value list_value(Values elements) {
  return sequence_value(Sequence::Kind::list, std::move(elements));
}

Value tuple_value(Values elements) {
  return sequence_value(Sequence::Kind::tuple, std::move(elements));
}

Value dictionary_value(std::vector<std::pair<Value, Value>> entries) {
  if (entries.size() > most_entries) {
    unsupported("a dictionary of more than ", most_entries, " entries");
  }
  // Keys are looked for one after the other.
  Dictionary dictionary{.entries = {},
                        .size = {.weight = 1 + entries.size() * entries.size() / 64}};
  for (auto& [key, value] : entries) {
    const Size inner = size_above({key, value});
    dictionary.size.depth = std::max(dictionary.size.depth, inner.depth);
    dictionary.size.weight += inner.weight;
    if (dictionary.size.weight > heaviest) unsupported("so large a dictionary");
    if (const Value* there = find(dictionary, key)) {
      *const_cast<Value*>(there) = std::move(value);
    } else {
      dictionary.entries.emplace_back(std::move(key), std::move(value));
    }
  }
  return Value(DictionaryPointer(std::make_shared<const Dictionary>(std::move(dictionary))));
}

Value iterator_value(Values elements) {
  const Size size = size_above(elements);
  return Value(
      std::make_shared<Iterator>(Iterator{.elements = std::move(elements), .at = 0, .size = size}));
}

Value method_value(Value object, std::string name) {
  return Value(
      MethodPointer(std::make_shared<const Method>(Method{std::move(object), std::move(name)})));
}

std::string type_name(const Value& value) {
  static constexpr const char* names[] = {"undefined value", "none",     "bool",        "int",
                                          "float",           "text",     "marked text", "",
                                          "dictionary",      "iterator", "method",      "namespace",
                                          "macro",           "loop",     "method",      "function"};
  if (const auto* sequence = value.as<SequencePointer>()) {
    static constexpr const char* kinds[] = {"list", "tuple", "range", "view", "view", "view"};
    return kinds[static_cast<std::size_t>((*sequence)->kind)];
  }
  return names[value.index()];
}

bool is_true(const Value& value) {
  if (value.is<Undefined>() || value.is<None>()) return false;
  if (const double* real = value.as<double>()) return *real != 0;
  if (value.is_integer()) return integer_of(value, "") != 0;
  if (const std::string* text = value.text()) return !text->empty();
  if (const auto* marked = value.as<Markup>()) return !marked->text->empty();
  if (const auto* sequence = value.as<SequencePointer>()) return !(*sequence)->elements.empty();
  if (const auto* dictionary = value.as<DictionaryPointer>()) {
    return !(*dictionary)->entries.empty();
  }
  return true;
}

bool equal(const Value& left, const Value& right) {
  if (left.is<Markup>() || right.is<Markup>()) unsupported("comparing marked text");
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
  if (container.is<Markup>() || item.is<Markup>()) unsupported("looking for marked text");
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
    if ((*sequence)->kind == Sequence::Kind::keys) require_hash(item);
  }
  const Values elements = elements_of(container);
  return std::any_of(elements.begin(), elements.end(),
                     [&](const Value& element) { return equal(element, item); });
}

const Value* find(const Dictionary& dictionary, const Value& key) {
  require_hash(key);
  for (const auto& entry : dictionary.entries) {
    if (equal(entry.first, key)) return &entry.second;
  }
  return nullptr;
}

bool is_iterable(const Value& value) {
  return value.is<Undefined>() || value.text() != nullptr || value.is<Markup>() ||
         value.is<SequencePointer>() || value.is<DictionaryPointer>() ||
         value.is<IteratorPointer>() || value.is<LoopState*>();
}

Values elements_of(const Value& value) {
  Values elements;
  if (value.is<Undefined>()) return elements;
  if (const auto* sequence = value.as<SequencePointer>()) return (*sequence)->elements;
  if (const auto* dictionary = value.as<DictionaryPointer>()) {
    for (const auto& entry : (*dictionary)->entries) elements.push_back(entry.first);
    return elements;
  }
  if (const auto* iterator = value.as<IteratorPointer>()) {
    Iterator& state = **iterator;
    elements.assign(state.elements.begin() + static_cast<std::ptrdiff_t>(state.at),
                    state.elements.end());
    state.at = state.elements.size();
    return elements;
  }
  if (const std::string* text = value.text()) {
    if (text->size() > longest)
      unsupported("going through a text of more than ", longest, " bytes");
    for (const std::string_view character : characters(*text)) {
      elements.push_back(text_value(std::string(character)));
    }
    return elements;
  }
  if (is_iterable(value)) unsupported("going through a ", type_name(value));
  raise("goes through a ", type_name(value), ", which is not iterable");
}

std::size_t length_of(const Value& value) {
  if (value.is<Undefined>()) return 0;
  if (const std::string* text = value.text()) return length(*text);
  if (const auto* sequence = value.as<SequencePointer>()) return (*sequence)->elements.size();
  if (const auto* dictionary = value.as<DictionaryPointer>()) {
    return (*dictionary)->entries.size();
  }
  if (value.is<Markup>() || value.is<LoopState*>())
    unsupported("the length of a ", type_name(value));
  raise("asks for the length of a ", type_name(value));
}

std::int64_t integer_of(const Value& value, std::string_view what) {
  if (const bool* truth = value.as<bool>()) return *truth ? 1 : 0;
  if (const std::int64_t* integer = value.as<std::int64_t>()) return *integer;
  raise(what, " needs an integer, not a ", type_name(value));
}

double real_of(const Value& value) {
  if (const double* real = value.as<double>()) return *real;
  return static_cast<double>(integer_of(value, "arithmetic"));
}

}  // namespace ringlet::convert::jinja
