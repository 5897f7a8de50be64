// A team of threads created for each piece of work: slow, and the simplest case for
// ThreadSanitizer.
#pragma once

#include <cstdint>
#include <thread>
#include <vector>

#include "ringlet/team.hpp"

namespace ringlet::test {

class ThreadTeam {
 public:
  explicit ThreadTeam(std::uint32_t threads) : threads_(threads) {}

  [[nodiscard]] Team team() {
    return {.threads = threads_, .user_data = this, .run = &ThreadTeam::run};
  }

 private:
  static void run(void*, std::uint32_t threads, Team::Work work, void* argument) {
    std::vector<std::thread> running;
    for (std::uint32_t thread = 1; thread < threads; ++thread)
      running.emplace_back(work, argument, thread);
    work(argument, 0);
    for (std::thread& thread : running) thread.join();
  }

  std::uint32_t threads_;
};

}  // namespace ringlet::test
