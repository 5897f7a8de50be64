#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/threads.h"
#include "ringlet/linux/threads.hpp"

#include <new>

struct ringlet_threads {
  ringlet::port::ThreadTeam team;
};

ringlet_threads* ringlet_threads_start(uint32_t threads) {
  try {
    return new ringlet_threads{ringlet::port::ThreadTeam(threads)};
  } catch (const ringlet::port::Failure&) {
  } catch (const std::bad_alloc&) {
  }
  return nullptr;
}

ringlet_team ringlet_threads_team(ringlet_threads* threads) {
  const ringlet::Team team = threads->team.team();
  return {team.threads, team.user_data, team.run};
}

void ringlet_threads_stop(ringlet_threads* threads) { delete threads; }
