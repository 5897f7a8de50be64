// How a session does its work: choices of speed that change neither a result nor the plan.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

struct Execution {
  /// Lanes of the team that share the work on one token; 0 takes all. Where reading memory is what
  /// a token costs, few cores saturate it and more only get in each other's way.
  std::uint32_t decode_lanes = 0;

  /// The same for several tokens at once, which is bound by arithmetic.
  std::uint32_t prefill_lanes = 0;

  /// How far ahead of its use a weight is asked for, in bytes.
  std::uint32_t prefetch_bytes = 2048;
};

}  // namespace ringlet
