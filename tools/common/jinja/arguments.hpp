// Arguments of calls, filters and tests.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/value.hpp"

namespace ringlet::jinja {

struct Arguments {
  Values positional;
  std::vector<std::pair<std::string, Value>> named;
};

/// Arguments bound to parameter names, like those of a Python function.
class Bound {
 public:
  /// Raises for too many arguments, unknown names, names given twice, and if one of the first
  /// `required` arguments is missing. A parameter with an empty name is positional-only.
  Bound(std::string_view function, const Arguments& arguments,
        std::initializer_list<std::string_view> names, std::size_t required = 0);

  /// Null if the argument was omitted.
  [[nodiscard]] const Value* get(std::size_t index) const {
    return values_[index] ? &*values_[index] : nullptr;
  }
  [[nodiscard]] const Value& at(std::size_t index) const { return *values_[index]; }
  [[nodiscard]] std::int64_t integer(std::size_t index, std::int64_t otherwise) const;
  [[nodiscard]] bool truth(std::size_t index, bool otherwise = false) const;
  /// The argument as text. Raises for other kinds.
  [[nodiscard]] const std::string& text(std::size_t index) const;
  /// The argument as text, or null if it was omitted or is none.
  [[nodiscard]] const std::string* optional_text(std::size_t index) const;

 private:
  std::string function_;
  std::vector<std::optional<Value>> values_;
};

}  // namespace ringlet::jinja
