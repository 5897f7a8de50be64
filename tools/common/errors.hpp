// Errors of the programs: one sentence for a person at a terminal, as a port::Failure.
#pragma once

#include <sstream>

#include "ringlet/linux/failure.hpp"

namespace ringlet::common {

/// Throws a port::Failure whose message is the concatenation of the parts.
template <typename... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw port::Failure(text.str());
}

}  // namespace ringlet::common
