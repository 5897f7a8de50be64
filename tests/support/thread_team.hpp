// A team of threads made anew for each piece of work: slow, and the plainest thing that
// ThreadSanitizer can judge.
#pragma once

#include <cstdint>
#include <thread>
#include <vector>

#include "ringlet/team.hpp"

namespace ringlet::test {

class ThreadTeam {
 public:
  explicit ThreadTeam(std::uint32_t lanes) : lanes_(lanes) {}

  [[nodiscard]] Team team() { return {.lanes = lanes_, .self = this, .run = &ThreadTeam::run}; }

 private:
  static void run(void*, std::uint32_t lanes, Team::Work work, void* argument) {
    std::vector<std::thread> threads;
    for (std::uint32_t lane = 1; lane < lanes; ++lane) threads.emplace_back(work, argument, lane);
    work(argument, 0);
    for (std::thread& thread : threads) thread.join();
  }

  std::uint32_t lanes_;
};

}  // namespace ringlet::test
