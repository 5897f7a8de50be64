// The two ways in which a template stops.
#pragma once

#include <sstream>
#include <stdexcept>

namespace ringlet::convert::jinja {

/// The template is wrong: Jinja2 raises an error too.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The template uses something that Jinja2 has and this converter does not.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <typename Kind, typename... Parts>
[[noreturn]] void stop(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw Kind(text.str());
}

/// Throws an Error whose message is the parts put together.
template <typename... Parts>
[[noreturn]] void raise(const Parts&... parts) {
  stop<Error>(parts...);
}

/// Throws Unsupported; the parts name what is not supported.
template <typename... Parts>
[[noreturn]] void unsupported(const Parts&... parts) {
  stop<Unsupported>(parts..., " is not supported");
}

}  // namespace ringlet::convert::jinja
