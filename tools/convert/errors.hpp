// Errors of the converter: one sentence for the person at the keyboard, as a std::runtime_error.
#pragma once

#include <sstream>
#include <stdexcept>

namespace ringlet::convert {

/// Throws a std::runtime_error whose message is the parts put together.
template <typename... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw std::runtime_error(text.str());
}

}  // namespace ringlet::convert
