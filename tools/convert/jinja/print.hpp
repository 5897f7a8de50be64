// How Python and JSON write values.
#pragma once

#include <string>

#include "jinja/value.hpp"

namespace ringlet::convert::jinja {

/// str(): what {{ }} prints.
std::string to_text(const Value& value);

/// repr(): how the elements of a list are printed.
std::string to_literal(const Value& value);

/// A float as Python writes it: the shortest digits that give the same number.
std::string real_text(double value);

struct JsonStyle {
  bool ascii = false;
  bool sorted = false;
  bool lines = false;   // each element on a line of its own
  std::string indent;   // of one level, where there are lines
  std::string between;  // elements
  std::string colon;    // after a key
};

/// json.dumps(), which is Hugging Face's filter "tojson". Raises for what JSON cannot say.
std::string to_json(const Value& value, const JsonStyle& style);

}  // namespace ringlet::convert::jinja
