// Output of values in Python's and JSON's notation.
#pragma once

#include <string>

#include "jinja/value.hpp"

namespace ringlet::jinja {

/// str(): the output of {{ }}.
std::string to_text(const Value& value);

/// repr(): the form of elements in a printed list.
std::string to_literal(const Value& value);

/// A float as Python prints it: the shortest digits that give the same number.
std::string real_text(double value);

struct JsonStyle {
  bool ascii = false;
  bool sorted = false;
  bool lines = false;   // each element on its own line
  std::string indent;   // per level, if `lines`
  std::string between;  // between elements
  std::string colon;    // after a key
};

/// json.dumps(), which is Hugging Face's filter "tojson". Raises for values that JSON cannot
/// represent.
std::string to_json(const Value& value, const JsonStyle& style);

}  // namespace ringlet::jinja
