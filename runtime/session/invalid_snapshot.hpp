// The error for a snapshot that is damaged or contradicts itself.
#pragma once

#include "ringlet/status.hpp"

namespace ringlet {

/// `where`: the field; `what`: a sentence about it.
[[nodiscard]] inline Status invalid_snapshot(const char* where, const char* what) noexcept {
  return {ErrorCode::invalid_snapshot, where, what};
}

}  // namespace ringlet
