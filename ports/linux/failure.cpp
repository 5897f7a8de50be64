#include "ringlet/linux/failure.hpp"

#include <array>
#include <system_error>

#include "not_finite.hpp"

namespace ringlet::port {

Failure failure_of(const std::string& subject, const Status& status) {
  if (status.code() == ErrorCode::not_finite) {
    return Failure(subject + ": " + describe_not_finite(status));
  }
  std::array<char, 512> line;
  return Failure(subject + ": " + std::string(describe(status, line)));
}

void check(const std::string& subject, const Status& status) {
  if (!status.ok()) throw failure_of(subject, status);
}

Failure system_failure(const std::string& subject, const std::string& what, int error) {
  return Failure(subject + ": " + what + ": " + std::generic_category().message(error));
}

}  // namespace ringlet::port
