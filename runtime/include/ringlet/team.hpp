// The threads that an application lends to a session.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Runs a piece of work on several threads at once.
///
/// An application or port provides `run`. The session calls it with at most Team::threads threads.
/// `run` must call `work(argument, thread)` exactly once for each thread in [0, threads) and return
/// when all calls have finished. The default team is the caller's thread alone.
///
/// Work is divided by output rows and heads, so results never depend on the number of threads. A
/// thread needs 8 KiB of stack. With more than 2 tokens per chunk it needs 24 KiB with i8mm
/// kernels, and with 32 tokens or more 112 KiB with AVX-512 kernels.
struct Team {
  /// The part of the work that one thread does.
  using Work = void (*)(void* argument, std::uint32_t thread);

  std::uint32_t threads = 1;
  void* user_data = nullptr;
  void (*run)(void* user_data, std::uint32_t threads, Work work, void* argument) =
      [](void*, std::uint32_t, Work work, void* argument) { work(argument, 0); };
};

}  // namespace ringlet
