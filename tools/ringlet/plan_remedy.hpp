// What to change if no context of a model fits into the RAM.
#pragma once

#include <string>

#include "plan_subject.hpp"

namespace ringlet::cli {

/// Names the settings of which a smaller value makes some context fit into `ram` bytes: each alone
/// or, if none is enough, all together. Names none that would not help. `from_prefix`: the cache is
/// that of a prefix, so its format and sinks cannot change.
[[nodiscard]] std::string plan_remedy(const PlanSubject& subject, const PoolConfig& config,
                                      std::uint64_t ram, bool from_prefix);

}  // namespace ringlet::cli
