// The global functions of templates.
#pragma once

#include <ctime>

#include "jinja/arguments.hpp"

namespace ringlet::jinja {

/// range(). The sandbox limits it to 100,000 numbers.
Value range_of(const Arguments& arguments);
/// dict(), from a dictionary or pairs and named arguments.
Value dictionary_of(const Arguments& arguments);
[[noreturn]] void raise_exception(const Arguments& arguments);
/// strftime_now()
Value formatted_time(const std::tm& clock, const Arguments& arguments);

}  // namespace ringlet::jinja
