// The error for a feature that this build left out (RINGLET_FEATURES, base/features.hpp.in).
#pragma once

#include "ringlet/status.hpp"

namespace ringlet {

/// Returns `unsupported`, naming the feature that the build needs.
[[nodiscard]] Status left_out(const char* feature) noexcept;

}  // namespace ringlet
