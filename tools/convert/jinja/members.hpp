// What a dot and brackets find in a value, and the methods of values.
#pragma once

#include <string>

#include "jinja/arguments.hpp"
#include "jinja/value.hpp"

namespace ringlet::convert::jinja {

/// value.name: an attribute, or else the element with this key; undefined where there is none.
Value attribute(const Value& value, const std::string& name);
/// value[index]: the other way round.
Value item(const Value& value, const Value& index);
/// The filter attr(): only an attribute.
Value only_attribute(const Value& value, const std::string& name);

/// Calls a method that attribute() has found.
Value call_method(const Method& method, const Arguments& arguments);

/// The methods of texts, in text_methods.cpp and text_methods_split.cpp.
Value call_text_method(const std::string& text, const std::string& name,
                       const Arguments& arguments);
/// Nothing where the name is none of those that take texts apart.
bool call_split_method(const std::string& text, const std::string& name, const Arguments& arguments,
                       Value& result);

}  // namespace ringlet::convert::jinja
