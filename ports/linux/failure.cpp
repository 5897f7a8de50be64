#include "failure.hpp"

#include <array>
#include <system_error>

namespace ringlet::port {

Failure failure_of(const std::string& subject, const Status& status) {
  std::array<char, 512> line;
  return Failure(subject + ": " + std::string(describe(status, line)));
}

Failure system_failure(const std::string& subject, const std::string& what, int error) {
  return Failure(subject + ": " + what + ": " + std::generic_category().message(error));
}

}  // namespace ringlet::port
