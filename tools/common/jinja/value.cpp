#include "jinja/value.hpp"

#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/meter.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
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
  if (size.weight > heaviest) unsupported("a list this large");
  return size;
}

void require_hash(const Value& key) {
  if (const Values* elements = key.sequence(Sequence::Kind::tuple)) {
    for (const Value& element : *elements) require_hash(element);
    return;
  }
  if (key.sequence(Sequence::Kind::range) != nullptr) unsupported("a range as a key");
  if (key.is<SequencePointer>() || key.is<DictionaryPointer>()) {
    raise("a ", type_name(key), " cannot be a key");
  }
  const bool plain =
      key.is<Undefined>() || key.is<None>() || key.is_number() || key.text() != nullptr;
  if (!plain) unsupported("a ", type_name(key), " as a key");
}

}  // namespace

thread_local Meter* Meter::current = nullptr;

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
  const std::size_t bytes = sizeof(std::string) + text.capacity();
  return Value(Text(metered(std::move(text), bytes)));
}

Value sequence_value(Sequence::Kind kind, Values elements,
                     const std::array<std::int64_t, 3>& range) {
  const Size size = size_above(elements);
  const std::size_t bytes = sizeof(Sequence) + elements.capacity() * sizeof(Value);
  return Value(SequencePointer(
      metered(Sequence{.kind = kind, .elements = std::move(elements), .size = size, .range = range},
              bytes)));
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
  // Keys are searched linearly.
  Dictionary dictionary{.entries = {},
                        .size = {.weight = 1 + entries.size() * entries.size() / 64}};
  for (auto& entry : entries) {
    const Size inner = size_above({entry.first, entry.second});
    dictionary.size.depth = std::max(dictionary.size.depth, inner.depth);
    dictionary.size.weight += inner.weight;
    if (dictionary.size.weight > heaviest) unsupported("a dictionary this large");
    require_hash(entry.first);
    const auto there =
        std::find_if(dictionary.entries.begin(), dictionary.entries.end(),
                     [&](const auto& other) { return equal(other.first, entry.first); });
    if (there == dictionary.entries.end()) {
      dictionary.entries.push_back(std::move(entry));
    } else {
      there->second = std::move(entry.second);
    }
  }
  const std::size_t bytes =
      sizeof(Dictionary) + dictionary.entries.capacity() * sizeof(dictionary.entries[0]);
  return Value(DictionaryPointer(metered(std::move(dictionary), bytes)));
}

Value iterator_value(Values elements) {
  const Size size = size_above(elements);
  const std::size_t bytes = sizeof(Iterator) + elements.capacity() * sizeof(Value);
  return Value(metered(Iterator{.elements = std::move(elements), .at = 0, .size = size}, bytes));
}

Value method_value(Value object, std::string name) {
  return Value(
      MethodPointer(std::make_shared<const Method>(Method{std::move(object), std::move(name)})));
}

std::string type_name(const Value& value) {
  static constexpr const char* names[] = {
      "undefined value", "none", "bool",       "int",      "float",  "text",
      "marked text",     "",     "dictionary", "iterator", "method", "namespace",
      "macro",           "loop", "method",     "function", "int"};
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
      unsupported("iterating over a text of more than ", longest, " bytes");
    for (const std::string_view character : characters(*text)) {
      elements.push_back(text_value(std::string(character)));
    }
    return elements;
  }
  if (is_iterable(value)) unsupported("iterating over a ", type_name(value));
  raise("iterates over a ", type_name(value), ", which is not iterable");
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
  if (value.is<LargeInteger>()) unsupported("computing with an integer of more than 64 bits");
  raise(what, " needs an integer, not a ", type_name(value));
}

double real_of(const Value& value) {
  if (const double* real = value.as<double>()) return *real;
  return static_cast<double>(integer_of(value, "arithmetic"));
}

}  // namespace ringlet::jinja
