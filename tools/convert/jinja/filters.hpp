// Jinja2's filters and tests.
#pragma once

#include <string>
#include <string_view>

#include "jinja/arguments.hpp"
#include "jinja/value.hpp"

namespace ringlet::convert::jinja {

/// Whether Jinja2 has it, be it supported here or not.
bool is_jinja_filter(std::string_view name);
bool is_jinja_test(std::string_view name);

/// value | name(arguments). Filters that Python writes as generators are applied at once; should
/// one raise an error there, that is Unsupported, as Jinja2 raises it later or never.
Value apply_filter(const std::string& name, const Value& value, const Arguments& arguments);

/// value is name(arguments)
bool apply_test(const std::string& name, const Value& value, const Arguments& arguments);

// The parts of apply_filter(). Each is false where the filter is none of its own.
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

/// What ignores case: texts in lower case, others as they are.
Value without_case(const Value& value);

}  // namespace ringlet::convert::jinja
