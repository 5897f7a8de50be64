// Threads for the arithmetic of a calibration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "ringlet/linux/threads.hpp"
#include "ringlet/team.hpp"

namespace ringlet::convert {

class Workers {
 public:
  /// The caller is one of the threads. Throws port::Failure if the system cannot start the others.
  explicit Workers(std::uint32_t threads) : team_(threads) {}

  /// The same threads, for a session that runs while for_each does not.
  [[nodiscard]] Team team() noexcept { return team_.team(); }

  /// Calls work(i) once for each i below `count`, on any of the threads, and returns when all calls
  /// have finished. If some throw, it starts no further calls and rethrows the exception of the
  /// lowest i among them.
  void for_each(std::size_t count, const std::function<void(std::size_t)>& work);

 private:
  port::ThreadTeam team_;
};

}  // namespace ringlet::convert
