/* Several sessions of one model. The contracts are in ringlet/pool.hpp. */
#ifndef RINGLET_C_POOL_H
#define RINGLET_C_POOL_H

#include "ringlet/c/session.h"
#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The settings of a pool. Begin with ringlet_pool_config_default(). */
typedef struct ringlet_pool_config {
  ringlet_config session; /* of every session; its prefill_chunk is the rows of a pass */
  uint32_t sessions;
  uint32_t prefix_tokens; /* with which every session begins; held once */
  uint32_t branches;      /* more sessions, without a ring, for ringlet_pool_fork */
  uint32_t branch_pages;  /* pages of 32 positions that all branches can have for themselves */
} ringlet_pool_config;

/* The default settings, equal to those of PoolConfig in C++. */
ringlet_pool_config ringlet_pool_config_default(void);

/* Computes the memory that a pool needs. A pure function. */
ringlet_status ringlet_pool_plan_create(const ringlet_model* model,
                                        const ringlet_pool_config* config, ringlet_plan* plan);

/* A handle to a pool, which lives in the memory passed to ringlet_pool_create. Can be copied. */
typedef struct ringlet_pool {
  void* state;
} ringlet_pool;

/* Creates a pool in `size` bytes of `memory`, as ringlet_session_create does a session. */
ringlet_status ringlet_pool_create(ringlet_pool* pool, const ringlet_model* model,
                                   const ringlet_pool_config* config, void* memory, size_t size,
                                   const ringlet_kernels* kernels, const ringlet_team* team);

/* Computes the prefix from exactly config.prefix_tokens tokens. `progress` can be null. */
ringlet_status ringlet_pool_prefix(ringlet_pool* pool, const ringlet_token* tokens, size_t count,
                                   const ringlet_progress* progress);
/* Takes the prefix from a snapshot at position config.prefix_tokens. */
ringlet_status ringlet_pool_prefix_snapshot(ringlet_pool* pool, const void* snapshot, size_t size);

/* Session `index` of the pool: an ordinary handle. */
ringlet_session ringlet_pool_session(const ringlet_pool* pool, uint32_t index);

/* A token for a session. */
typedef struct ringlet_pool_row {
  uint32_t session;
  ringlet_token token;
  bool logits; /* whether logits after the token are wanted */
} ringlet_pool_row;

/* Appends the tokens of all rows in one pass. */
ringlet_status ringlet_pool_step(ringlet_pool* pool, const ringlet_pool_row* rows, size_t count);
/* Logits after row `row` of the last step; null if there are none. */
const float* ringlet_pool_logits(const ringlet_pool* pool, uint32_t row);

/* Makes `to` a copy of `from`; a branch may go on for at most `most_tokens`. */
ringlet_status ringlet_pool_fork(ringlet_pool* pool, uint32_t from, uint32_t to,
                                 uint32_t most_tokens);

/* The configuration and the plan of a pool. */
ringlet_pool_config ringlet_pool_get_config(const ringlet_pool* pool);
void ringlet_pool_plan(const ringlet_pool* pool, ringlet_plan* plan);

#ifdef __cplusplus
}
#endif
#endif
