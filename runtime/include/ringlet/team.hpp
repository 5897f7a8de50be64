// The threads that a port lends to a session.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Runs one piece of work on several lanes at once. A port fills in `run`, which is asked for as
/// many lanes as Team::lanes or fewer, must call `work(argument, lane)` exactly once for each lane
/// in [0, lanes) and return when all have finished. The default has one lane and runs it in the
/// caller's thread. Work is divided by output rows and heads, so results never depend on the number
/// of lanes. A lane needs up to 112 KiB of stack where AVX-512 multiplies more than 16 tokens at a
/// time, 8 KiB otherwise.
struct Team {
  using Work = void (*)(void* argument, std::uint32_t lane);

  std::uint32_t lanes = 1;
  void* self = nullptr;
  void (*run)(void* self, std::uint32_t lanes, Work work, void* argument) =
      [](void*, std::uint32_t, Work work, void* argument) { work(argument, 0); };
};

}  // namespace ringlet
