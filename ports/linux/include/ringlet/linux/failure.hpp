// The exception that functions of ringlet::port throw.
#pragma once

#include <stdexcept>
#include <string>

#include "ringlet/status.hpp"

namespace ringlet::port {

/// An error message of one sentence for a person at a terminal: what failed, where, and the remedy.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A failure of the runtime about `subject`, usually a file: "subject: field: what (needs …, got
/// …)".
[[nodiscard]] Failure failure_of(const std::string& subject, const Status& status);

/// Returns the value of a result. Throws failure_of(subject, status) if there is none.
template <typename T>
[[nodiscard]] T value_of(const std::string& subject, const Result<T>& result) {
  if (!result.ok()) throw failure_of(subject, result.status());
  return *result;
}

/// Throws failure_of(subject, status) unless the status is ok.
void check(const std::string& subject, const Status& status);

/// An error of a system call: "subject: what: explanation of `error`".
[[nodiscard]] Failure system_failure(const std::string& subject, const std::string& what,
                                     int error);

}  // namespace ringlet::port
