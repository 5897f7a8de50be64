// The two kinds of errors in templates.
#pragma once

#include <sstream>
#include <stdexcept>

namespace ringlet::jinja {

/// A template that cannot be read or rendered.
class Fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The template is wrong: Jinja2 raises an error too.
class Error : public Fault {
 public:
  using Fault::Fault;
};

/// The template uses a feature of Jinja2 that this interpreter does not support.
class Unsupported : public Fault {
 public:
  using Fault::Fault;
};

template <typename Kind, typename... Parts>
[[noreturn]] void stop(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw Kind(text.str());
}

/// Throws an Error whose message is the concatenation of the parts.
template <typename... Parts>
[[noreturn]] void raise(const Parts&... parts) {
  stop<Error>(parts...);
}

/// Throws Unsupported. The parts name the feature.
template <typename... Parts>
[[noreturn]] void unsupported(const Parts&... parts) {
  stop<Unsupported>(parts..., " is not supported");
}

}  // namespace ringlet::jinja
