#include "jinja/members.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "jinja/error.hpp"
#include "jinja/print.hpp"
#include "jinja/run.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

template <std::size_t Size>
bool is_one_of(std::string_view name, const std::array<std::string_view, Size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 47> text_attributes = {
    "capitalize",   "casefold",    "center",    "count",      "encode",       "endswith",
    "expandtabs",   "find",        "format",    "format_map", "index",        "isalnum",
    "isalpha",      "isascii",     "isdecimal", "isdigit",    "isidentifier", "islower",
    "isnumeric",    "isprintable", "isspace",   "istitle",    "isupper",      "join",
    "ljust",        "lower",       "lstrip",    "maketrans",  "partition",    "removeprefix",
    "removesuffix", "replace",     "rfind",     "rindex",     "rjust",        "rpartition",
    "rsplit",       "rstrip",      "split",     "splitlines", "startswith",   "strip",
    "swapcase",     "title",       "translate", "upper",      "zfill"};
constexpr std::array<std::string_view, 6> dictionary_attributes = {"copy",  "fromkeys", "get",
                                                                   "items", "keys",     "values"};
// Methods that would change a dictionary or list are undefined in the sandbox.
constexpr std::array<std::string_view, 5> dictionary_changes = {"clear", "pop", "popitem",
                                                                "setdefault", "update"};
constexpr std::array<std::string_view, 5> list_attributes = {"count", "index", "copy", "pop",
                                                             "clear"};
constexpr std::array<std::string_view, 6> list_changes = {"append", "reverse", "insert",
                                                          "sort",   "extend",  "remove"};
constexpr std::array<std::string_view, 7> integer_attributes = {
    "as_integer_ratio", "bit_count",  "bit_length", "conjugate",
    "denominator",      "from_bytes", "to_bytes"};
constexpr std::array<std::string_view, 7> number_attributes = {
    "fromhex", "hex", "imag", "is_integer", "numerator", "real", "conjugate"};

Value unsafe(const std::string& name) {
  return undefined("the sandbox does not allow the attribute \"" + name + "\"");
}

std::optional<Value> sequence_attribute(const Value& value, const Sequence& sequence,
                                        const std::string& name) {
  if (sequence.kind == Sequence::Kind::list) {
    if (is_one_of(name, list_changes)) return unsafe(name);
    if (is_one_of(name, list_attributes)) return method_value(value, name);
    return {};
  }
  if (name == "count" || name == "index") return method_value(value, name);
  if (sequence.kind >= Sequence::Kind::range &&
      (name == "start" || name == "stop" || name == "step" || name == "mapping" ||
       name == "isdisjoint")) {
    unsupported("the attribute ", name, " of a ", type_name(value));
  }
  return {};
}

/// The result of Python's getattr().
std::optional<Value> found_attribute(const Value& value, const std::string& name) {
  if (name.starts_with("__")) return unsafe(name);
  if (value.text() != nullptr && is_one_of(name, text_attributes)) {
    return method_value(value, name);
  }
  if (value.is<DictionaryPointer>()) {
    if (is_one_of(name, dictionary_changes)) return unsafe(name);
    if (is_one_of(name, dictionary_attributes)) return method_value(value, name);
  }
  if (const auto* sequence = value.as<SequencePointer>()) {
    return sequence_attribute(value, **sequence, name);
  }
  if (const auto* object = value.as<Namespace*>()) {
    for (const auto& [member, there] : (*object)->members) {
      if (member == name) return there;
    }
    return {};
  }
  if (const auto* loop = value.as<LoopState*>()) return loop_attribute(**loop, name);
  const bool number = value.is_number() &&
                      (is_one_of(name, integer_attributes) || is_one_of(name, number_attributes));
  if (number || value.is<Markup>() || value.is<IteratorPointer>() || value.is<MethodPointer>() ||
      value.is<const Macro*>() || value.is<Function>() || value.is<LoopMethod>()) {
    unsupported("the attribute ", name, " of a ", type_name(value));
  }
  return {};
}

Value no_member(const Value& value, const std::string& name) {
  return undefined("a " + type_name(value) + " has no \"" + name + "\"");
}

/// The result of Python's value[index].
std::optional<Value> found_item(const Value& value, const Value& index) {
  if (value.is<Markup>()) unsupported("a part of marked text");
  if (const auto* dictionary = value.as<DictionaryPointer>()) {
    if (index.is<SequencePointer>() || index.is<DictionaryPointer>()) {
      // Unhashable, or a tuple.
      if (index.sequence(Sequence::Kind::tuple) == nullptr) return {};
    }
    const Value* found = find(**dictionary, index);
    return found == nullptr ? std::nullopt : std::optional<Value>(*found);
  }
  const auto* sequence = value.as<SequencePointer>();
  const bool indexed =
      value.text() != nullptr || (sequence != nullptr && (*sequence)->kind < Sequence::Kind::keys);
  if (!indexed || !index.is_integer()) return {};
  const auto size = static_cast<std::int64_t>(length_of(value));
  std::int64_t at = integer_of(index, "an index");
  if (at < 0) at = at < -size ? -1 : at + size;
  if (at < 0 || at >= size) return {};
  const auto place = static_cast<std::size_t>(at);
  if (value.text() == nullptr) return (*sequence)->elements[place];
  return text_value(std::string(characters(*value.text())[place]));
}

void require_defined(const Value& value) {
  if (const auto* missing = value.as<Undefined>()) raise(*missing->what);
}

Value call_dictionary_method(const Dictionary& dictionary, const std::string& name,
                             const Arguments& arguments) {
  if (name == "get") {
    const Bound bound("get()", arguments, {"", ""}, 1);
    if (const Value* found = find(dictionary, bound.at(0))) return *found;
    return bound.get(1) == nullptr ? Value(None{}) : bound.at(1);
  }
  if (name == "fromkeys") unsupported("the method fromkeys()");
  const Bound none(name + "()", arguments, {});
  if (name == "copy") return dictionary_value(dictionary.entries);
  Values elements;
  for (const auto& [key, value] : dictionary.entries) {
    elements.push_back(name == "keys" ? key : name == "values" ? value : tuple_value({key, value}));
  }
  return sequence_value(name == "keys"     ? Sequence::Kind::keys
                        : name == "values" ? Sequence::Kind::values
                                           : Sequence::Kind::items,
                        std::move(elements));
}

Value call_sequence_method(const Sequence& sequence, const std::string& name,
                           const Arguments& arguments) {
  if (name == "copy" && arguments.positional.empty() && arguments.named.empty()) {
    return list_value(sequence.elements);
  }
  if (name == "count") {
    const Bound bound("count()", arguments, {""}, 1);
    return Value(static_cast<std::int64_t>(
        std::count_if(sequence.elements.begin(), sequence.elements.end(),
                      [&](const Value& element) { return equal(element, bound.at(0)); })));
  }
  if (name == "index" && arguments.positional.size() == 1) {
    for (std::size_t i = 0; i < sequence.elements.size(); ++i) {
      if (equal(sequence.elements[i], arguments.positional[0])) {
        return Value(static_cast<std::int64_t>(i));
      }
    }
    raise("index() does not find the element");
  }
  unsupported("the method ", name, "() of a list with these arguments");
}

}  // namespace

Value attribute(const Value& value, const std::string& name) {
  require_defined(value);
  if (const auto there = found_attribute(value, name)) {
    const auto* dictionary = value.as<DictionaryPointer>();
    if (name.starts_with("__") && dictionary != nullptr &&
        find(**dictionary, text_value(name)) != nullptr) {
      unsupported("a key that begins with \"__\"");
    }
    return name.starts_with("_") ? unsafe(name) : *there;
  }
  const auto found = found_item(value, text_value(name));
  return found ? *found : no_member(value, name);
}

Value item(const Value& value, const Value& index) {
  require_defined(value);
  if (index.is<Markup>()) unsupported("marked text as a key");
  if (const auto found = found_item(value, index)) return *found;
  const std::string* name = index.text();
  if (name == nullptr) return no_member(value, to_text(index.is_number() ? index : Value(None{})));
  const auto there = found_attribute(value, *name);
  if (!there) return no_member(value, *name);
  return name->starts_with("_") ? unsafe(*name) : *there;
}

Value only_attribute(const Value& value, const std::string& name) {
  require_defined(value);
  const auto there = found_attribute(value, name);
  if (!there) return no_member(value, name);
  return name.starts_with("_") ? unsafe(name) : *there;
}

Value call_method(const Method& method, const Arguments& arguments) {
  if (const std::string* text = method.object.text()) {
    return call_text_method(*text, method.name, arguments);
  }
  if (const auto* dictionary = method.object.as<DictionaryPointer>()) {
    return call_dictionary_method(**dictionary, method.name, arguments);
  }
  if (const auto* sequence = method.object.as<SequencePointer>()) {
    return call_sequence_method(**sequence, method.name, arguments);
  }
  unsupported("the method ", method.name, "()");
}

}  // namespace ringlet::jinja
