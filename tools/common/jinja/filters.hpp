// The filters and tests of Jinja2.
#pragma once

#include <string>
#include <string_view>

#include "jinja/arguments.hpp"
#include "jinja/value.hpp"

namespace ringlet::jinja {

/// Whether Jinja2 has this filter or test, supported here or not.
bool is_jinja_filter(std::string_view name);
bool is_jinja_test(std::string_view name);

/// value | name(arguments). Filters that are generators in Python are evaluated immediately. If one
/// raises an error, that is Unsupported, because Jinja2 raises it later or never.
Value apply_filter(const std::string& name, const Value& value, const Arguments& arguments);

/// value is name(arguments)
bool apply_test(const std::string& name, const Value& value, const Arguments& arguments);

// The parts of apply_filter(). Each returns false if the filter is not one of its own.
bool text_filter(const std::string& name, const Value& value, const Arguments& arguments,
                 Value& result);
bool number_filter(const std::string& name, const Value& value, const Arguments& arguments,
                   Value& result);
bool sequence_filter(const std::string& name, const Value& value, const Arguments& arguments,
                     Value& result);
bool order_filter(const std::string& name, const Value& value, const Arguments& arguments,
                  Value& result);
bool generator_filter(const std::string& name, const Value& value, const Arguments& arguments,
                      Value& result);

/// Follows a path such as "function.name" or "parts.0" through members.
Value follow(const Value& value, const Value& path);

/// The value for case-insensitive comparison: text in lower case, other values unchanged.
Value without_case(const Value& value);

}  // namespace ringlet::jinja
