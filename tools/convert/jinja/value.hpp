// Python's values, as far as templates compute with them.
//
// Lists and dictionaries cannot change, as in the sandbox that Hugging Face renders templates in.
// What can change or refer to itself (namespaces, macros, loops) belongs to the run of the template
// and is only pointed to, so that there are no circles.
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

namespace ringlet::convert::jinja {

class Value;
using Values = std::vector<Value>;

/// Prints as nothing, is false and empty; most other uses are errors, which `what` explains.
struct Undefined {
  std::shared_ptr<const std::string> what;
};

struct None {};

/// UTF-8. Positions and lengths are counted in code points, as Python does.
using Text = std::shared_ptr<const std::string>;

/// A text that the filters "safe" and "escape" have marked. It can only be printed and joined.
struct Markup {
  Text text;
};

/// How large a value is, with everything in it. Bounds the work of comparing and printing values
/// that share their parts.
struct Size {
  int depth = 0;           // of nested values
  std::size_t weight = 1;  // values, and blocks of 64 bytes of text
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

/// What can be gone through once: the result of filters that Python writes as generators.
struct Iterator {
  Values elements;
  std::size_t at = 0;
  Size size = {};
};

/// The result of namespace(): the one kind of object that templates can change.
struct Namespace {
  std::vector<std::pair<std::string, Value>> members;
};

struct Macro;      // run.hpp
struct LoopState;  // run.hpp

/// Functions that templates have without defining them.
enum class Function : std::uint8_t {
  range,
  dict,
  namespace_,
  raise_exception,
  strftime_now,
  other
};

/// A method of a value, not called yet.
struct Method;

/// A loop's cycle() or changed(), not called yet.
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
  using Data = std::variant<Undefined, None, bool, std::int64_t, double, Text, Markup,
                            SequencePointer, DictionaryPointer, IteratorPointer, MethodPointer,
                            Namespace*, const Macro*, LoopState*, LoopMethod, Function>;

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
  /// The text, or null for what is none.
  [[nodiscard]] const std::string* text() const {
    const Text* text = as<Text>();
    return text == nullptr ? nullptr : text->get();
  }
  /// The elements when it is a sequence of this kind, or null.
  [[nodiscard]] const Values* sequence(Sequence::Kind kind) const {
    const SequencePointer* sequence = as<SequencePointer>();
    return sequence == nullptr || (*sequence)->kind != kind ? nullptr : &(*sequence)->elements;
  }
  /// Integers and truth values, which Python counts among them.
  [[nodiscard]] bool is_integer() const { return is<std::int64_t>() || is<bool>(); }
  [[nodiscard]] bool is_number() const { return is_integer() || is<double>(); }

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
/// Keys that are equal become one entry; the last value counts. Raises for keys without a hash.
Value dictionary_value(std::vector<std::pair<Value, Value>> entries);
Value iterator_value(Values elements);
Value method_value(Value object, std::string name);

/// What Python calls the type, for messages.
std::string type_name(const Value& value);

bool is_true(const Value& value);

/// Python's ==. Unsupported for views and iterators.
bool equal(const Value& left, const Value& right);

/// Python's <; raises for what has no order.
bool less(const Value& left, const Value& right);

/// Python's "in".
bool contains(const Value& container, const Value& item);

/// The entry with this key, or null. Raises for keys without a hash.
const Value* find(const Dictionary& dictionary, const Value& key);

/// What a loop goes through: elements, keys, characters. Uses up an iterator. Raises for what is
/// not iterable.
Values elements_of(const Value& value);
[[nodiscard]] bool is_iterable(const Value& value);

/// len(); raises for what has none.
std::size_t length_of(const Value& value);

/// The integer; raises, naming `what`, when it is none.
std::int64_t integer_of(const Value& value, std::string_view what);
/// As a float.
double real_of(const Value& value);

}  // namespace ringlet::convert::jinja
