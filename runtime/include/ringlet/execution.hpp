// Speed settings of a session. They change neither results nor the memory plan.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// How a session distributes its work. See Session::set_execution.
struct Execution {
  /// Threads that share the work of a single token, or of up to 16 rows of Session::verify and
  /// Pool::step; 0 uses the whole team. Decoding one token is
  /// bound by memory bandwidth, and a few cores usually saturate it.
  std::uint32_t decode_threads = 0;

  /// Threads that share the work of several tokens; 0 uses the whole team. Prefill is bound by
  /// arithmetic.
  std::uint32_t prefill_threads = 0;

  /// Prefetch distance for weights, in bytes.
  std::uint32_t prefetch_bytes = 2048;
};

}  // namespace ringlet
