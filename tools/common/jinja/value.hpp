// Python values, as far as templates compute with them.
//
// Lists and dictionaries are immutable, as in the sandbox in which Hugging Face renders templates.
// Objects that can change or refer to themselves (namespaces, macros, loops) belong to the run of
// the template. Values only point to them, so there are no cycles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ringlet::jinja {

class Value;
using Values = std::vector<Value>;

/// Prints as nothing, and is false and empty. Most other uses are errors, which `what` explains.
struct Undefined {
  std::shared_ptr<const std::string> what;
};

struct None {};

/// UTF-8. Positions and lengths count code points, as in Python.
using Text = std::shared_ptr<const std::string>;

/// Text marked by the filters "safe" and "escape". It can only be printed and joined.
struct Markup {
  Text text;
};

/// An integer of more than 64 bits. It can be printed and compared with itself.
struct LargeInteger {
  Text digits;
};

/// The size of a value including its content. Bounds the work of comparing and printing values that
/// share parts.
struct Size {
  int depth = 0;           // of nested values
  std::size_t weight = 1;  // values, plus blocks of 64 bytes of text
};
Size size_of(const Value& value);

struct Sequence {
  enum class Kind : std::uint8_t { list, tuple, range, keys, values, items };
  Kind kind;
  Values elements;
  Size size;
  std::array<std::int64_t, 3> range = {};  // start, stop and step, for Kind::range
};

/// In order of insertion.
struct Dictionary {
  std::vector<std::pair<Value, Value>> entries;
  Size size;
};

/// A value that can be iterated once: the result of filters that are generators in Python.
struct Iterator {
  Values elements;
  std::size_t at = 0;
  Size size = {};
};

/// The result of namespace(), the only kind of object that templates can change.
struct Namespace {
  std::vector<std::pair<std::string, Value>> members;
};

struct Macro;      // run.hpp
struct LoopState;  // run.hpp

/// The global functions of templates.
enum class Function : std::uint8_t {
  range,
  dict,
  namespace_,
  raise_exception,
  strftime_now,
  other
};

/// A bound method of a value.
struct Method;

/// A bound cycle() or changed() of a loop.
struct LoopMethod {
  LoopState* loop;
  bool cycles;
};

using SequencePointer = std::shared_ptr<const Sequence>;
using DictionaryPointer = std::shared_ptr<const Dictionary>;
using IteratorPointer = std::shared_ptr<Iterator>;
using MethodPointer = std::shared_ptr<const Method>;

class Value {
 public:
  using Data =
      std::variant<Undefined, None, bool, std::int64_t, double, Text, Markup, SequencePointer,
                   DictionaryPointer, IteratorPointer, MethodPointer, Namespace*, const Macro*,
                   LoopState*, LoopMethod, Function, LargeInteger>;

  Value() = default;
  template <typename Part>
  requires(!std::is_same_v<std::remove_cvref_t<Part>, Value> &&
           !std::is_pointer_v<Part>) explicit Value(Part part)
      : data_(std::move(part)) {}
  explicit Value(Namespace* object) : data_(object) {}
  explicit Value(const Macro* object) : data_(object) {}
  explicit Value(LoopState* object) : data_(object) {}

  template <typename Part>
  [[nodiscard]] const Part* as() const {
    return std::get_if<Part>(&data_);
  }
  template <typename Part>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<Part>(data_);
  }
  [[nodiscard]] std::size_t index() const { return data_.index(); }
  /// The text, or null if the value is not text.
  [[nodiscard]] const std::string* text() const {
    const Text* text = as<Text>();
    return text == nullptr ? nullptr : text->get();
  }
  /// The elements if the value is a sequence of this kind, otherwise null.
  [[nodiscard]] const Values* sequence(Sequence::Kind kind) const {
    const SequencePointer* sequence = as<SequencePointer>();
    return sequence == nullptr || (*sequence)->kind != kind ? nullptr : &(*sequence)->elements;
  }
  /// Integers of up to 64 bits, and booleans, which are integers in Python.
  [[nodiscard]] bool is_integer() const { return is<std::int64_t>() || is<bool>(); }
  [[nodiscard]] bool is_number() const {
    return is_integer() || is<double>() || is<LargeInteger>();
  }

 private:
  Data data_;
};

struct Method {
  Value object;
  std::string name;
};

Value undefined(std::string what);
Value text_value(std::string text);
Value list_value(Values elements);
Value tuple_value(Values elements);
Value sequence_value(Sequence::Kind kind, Values elements,
                     const std::array<std::int64_t, 3>& range = {});
/// Equal keys become one entry with the last value. Raises for unhashable keys.
Value dictionary_value(std::vector<std::pair<Value, Value>> entries);
Value iterator_value(Values elements);
Value method_value(Value object, std::string name);

/// Python's name of the type, for messages.
std::string type_name(const Value& value);

bool is_true(const Value& value);

/// Python's ==. Unsupported for views and iterators.
bool equal(const Value& left, const Value& right);

/// Python's <. Raises for values without an order.
bool less(const Value& left, const Value& right);

/// Python's "in".
bool contains(const Value& container, const Value& item);

/// The entry with this key, or null. Raises for unhashable keys.
const Value* find(const Dictionary& dictionary, const Value& key);

/// The elements that a loop iterates over: elements, keys or characters. Consumes an iterator.
/// Raises for values that are not iterable.
Values elements_of(const Value& value);
[[nodiscard]] bool is_iterable(const Value& value);

/// len(). Raises for values without a length.
std::size_t length_of(const Value& value);

/// The value as an integer. Raises, naming `what`, if it is not one.
std::int64_t integer_of(const Value& value, std::string_view what);
/// As a float.
double real_of(const Value& value);

}  // namespace ringlet::jinja
