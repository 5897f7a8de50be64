// Text marked as safe for HTML (Python's markupsafe.Markup). Chat templates write no HTML, but some
// mark what they join.
#pragma once

#include <optional>
#include <string>

#include "jinja/value.hpp"

namespace ringlet::jinja {

Value marked(std::string text);

/// Escapes for HTML. Marked text stays unchanged.
Value escaped(const Value& value);

/// left + right, if one of them is marked and both are texts. Python escapes the other one.
std::optional<Value> joined_markup(const Value& left, const Value& right);

/// Marked text as plain text; other values unchanged.
Value without_mark(const Value& value);

}  // namespace ringlet::jinja
