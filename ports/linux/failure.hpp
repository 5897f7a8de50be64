// What goes wrong on the way to a session, or when its output cannot be written.
#pragma once

#include <stdexcept>
#include <string>

#include "ringlet/status.hpp"

namespace ringlet::port {

/// One sentence for the person at the terminal: what failed, where, and the remedy.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A failure of the runtime about `subject`, usually a file: "subject: field: what (needed …, got
/// …)".
[[nodiscard]] Failure failure_of(const std::string& subject, const Status& status);

/// A failed system call: "subject: what: the system's explanation".
[[nodiscard]] Failure system_failure(const std::string& subject, const std::string& what,
                                     int error);

}  // namespace ringlet::port
