// The message about a model that computes NaN or infinity.
#pragma once

#include <optional>
#include <string>

#include "ringlet/observer.hpp"
#include "ringlet/status.hpp"

namespace ringlet::port {

/// Returns a sentence for a status with code not_finite, including the place if known.
[[nodiscard]] std::string describe_not_finite(const Status& status,
                                              const std::optional<NotFinite>& place = {});

}  // namespace ringlet::port
