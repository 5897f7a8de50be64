// The error for a model file that is damaged or inconsistent.
#pragma once

#include "ringlet/status.hpp"

namespace ringlet {

/// `where` is the field or tensor, `what` a sentence about it.
[[nodiscard]] inline Status invalid_model(const char* where, const char* what) noexcept {
  return {ErrorCode::invalid_model, where, what};
}

}  // namespace ringlet
