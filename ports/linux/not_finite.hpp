// What the programs say of a model that computes NaN or infinity.
#pragma once

#include <optional>
#include <string>

#include "ringlet/observer.hpp"
#include "ringlet/status.hpp"

namespace ringlet::port {

/// The sentence about a status of the code not_finite, with the place where it is known.
[[nodiscard]] std::string describe_not_finite(const Status& status,
                                              const std::optional<NotFinite>& place = {});

}  // namespace ringlet::port
