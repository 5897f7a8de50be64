// Python's operators.
#pragma once

#include <string_view>

#include "jinja/value.hpp"

namespace ringlet::jinja {

/// One of + - * / // % **. Integers beyond 64 bits are unsupported.
Value binary(std::string_view symbol, const Value& left, const Value& right);
/// + or -.
Value unary(char symbol, const Value& value);
/// One of == != < > <= >= in notin.
bool compare(std::string_view symbol, const Value& left, const Value& right);

/// Unsupported for a number that is not finite.
Value real_value(double value);

/// list[start:stop:step]. Omitted values are undefined.
Value slice(const Value& value, const Value& start, const Value& stop, const Value& step);

/// format % values, defined in percent_format.cpp.
std::string percent_format(const std::string& format, const Value& values);

}  // namespace ringlet::jinja
