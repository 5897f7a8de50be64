// The error for an argument that the contract excludes.
#pragma once

#include "ringlet/status.hpp"

namespace ringlet {

/// `where`: the argument or setting; `what`: a sentence about it.
[[nodiscard]] inline Status invalid_argument(const char* where, const char* what) noexcept {
  return {ErrorCode::invalid_argument, where, what};
}

}  // namespace ringlet
