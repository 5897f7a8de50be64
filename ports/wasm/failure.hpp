// Errors on their way to JavaScript: a call that fails returns false, and the module keeps its
// status until the next one fails.
#pragma once

#include "ringlet/status.hpp"

namespace ringlet::port {

/// Returns whether the status is ok; keeps it if it is not.
[[nodiscard]] bool succeeds(const Status& status) noexcept;

/// Stores the value of a result, unless it is an error.
template <typename T>
[[nodiscard]] bool store(T& value, const Result<T>& result) noexcept {
  if (result.ok()) value = *result;
  return succeeds(result.status());
}

}  // namespace ringlet::port
