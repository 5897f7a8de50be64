// Arguments of calls, filters and tests.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/value.hpp"

namespace ringlet::convert::jinja {

struct Arguments {
  Values positional;
  std::vector<std::pair<std::string, Value>> named;
};

/// Arguments bound to the names of parameters, as a Python function binds them.
class Bound {
 public:
  /// Raises for too many arguments, unknown names, names given twice, and when one of the first
  /// `required` is missing. A name that is empty can only be given by position.
  Bound(std::string_view function, const Arguments& arguments,
        std::initializer_list<std::string_view> names, std::size_t required = 0);

  /// Null where the argument was left out.
  [[nodiscard]] const Value* get(std::size_t index) const {
    return values_[index] ? &*values_[index] : nullptr;
  }
  [[nodiscard]] const Value& at(std::size_t index) const { return *values_[index]; }
  [[nodiscard]] std::int64_t integer(std::size_t index, std::int64_t otherwise) const;
  [[nodiscard]] bool truth(std::size_t index, bool otherwise = false) const;
  /// A text; raises for other kinds.
  [[nodiscard]] const std::string& text(std::size_t index) const;
  /// A text, or null where it was left out or is none.
  [[nodiscard]] const std::string* optional_text(std::size_t index) const;

 private:
  std::string function_;
  std::vector<std::optional<Value>> values_;
};

}  // namespace ringlet::convert::jinja
