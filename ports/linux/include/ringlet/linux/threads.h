/* Threads for sessions, for C. The contracts are in ringlet/linux/threads.hpp. */
#ifndef RINGLET_LINUX_THREADS_H
#define RINGLET_LINUX_THREADS_H

#include "ringlet/ringlet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A team of threads. Only one session at a time can use it. */
typedef struct ringlet_threads ringlet_threads;

/* Starts a team of `threads`, of which one is the caller. Returns null if the system cannot start
   them. */
ringlet_threads* ringlet_threads_start(uint32_t threads);
/* The team for ringlet_session_create, valid until ringlet_threads_stop. */
ringlet_team ringlet_threads_team(ringlet_threads* threads);
/* Ends the threads. Does nothing if `threads` is null. */
void ringlet_threads_stop(ringlet_threads* threads);

#ifdef __cplusplus
}
#endif

#endif
