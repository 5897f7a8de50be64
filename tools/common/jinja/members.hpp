// Member access by dot and brackets, and the methods of values.
#pragma once

#include <string>

#include "jinja/arguments.hpp"
#include "jinja/value.hpp"

namespace ringlet::jinja {

/// value.name: an attribute, otherwise the element with this key, otherwise undefined.
Value attribute(const Value& value, const std::string& name);
/// value[index]: an element, otherwise an attribute, otherwise undefined.
Value item(const Value& value, const Value& index);
/// The filter attr(): only an attribute.
Value only_attribute(const Value& value, const std::string& name);

/// Calls a method returned by attribute().
Value call_method(const Method& method, const Arguments& arguments);

/// The methods of texts, defined in text_methods.cpp and text_methods_split.cpp.
Value call_text_method(const std::string& text, const std::string& name,
                       const Arguments& arguments);
/// Returns false if the name is not one of the methods that split text.
bool call_split_method(const std::string& text, const std::string& name, const Arguments& arguments,
                       Value& result);

}  // namespace ringlet::jinja
