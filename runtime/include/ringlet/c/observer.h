/* Observers see the intermediate results of a forward pass. The contracts are in
   ringlet/observer.hpp. */
#ifndef RINGLET_C_OBSERVER_H
#define RINGLET_C_OBSERVER_H

#include "ringlet/c/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Places in a forward pass that an observer sees. */
typedef enum ringlet_tap {
  RINGLET_TAP_ATTENTION_INPUT = 0,
  RINGLET_TAP_QUERIES,
  RINGLET_TAP_KEYS,
  RINGLET_TAP_VALUES,
  RINGLET_TAP_ATTENDED,
  RINGLET_TAP_FFN_INPUT,
  RINGLET_TAP_HIDDEN,
  RINGLET_TAP_LOGITS_INPUT,
  RINGLET_TAP_LOGITS
} ringlet_tap;

/* What an observer sees: `tokens` rows of `columns` floats, `stride` floats apart, for the tokens
   from `position` on. */
typedef struct ringlet_observation {
  uint64_t position;
  const float* rows;
  ringlet_tap tap;
  uint32_t layer; /* layer count for LOGITS_INPUT and LOGITS */
  uint32_t tokens;
  uint32_t columns;
  uint32_t stride;
  uint32_t session; /* of a pool */
} ringlet_observation;

/* A callback for every tap of every forward pass. Its argument is valid only during the call. */
typedef struct ringlet_observer {
  void (*observe)(void* user_data, const ringlet_observation* observation);
  void* user_data;
} ringlet_observer;

/* Makes `observer` see every forward pass from now on; null ends that. The struct must keep its
   address until then. */
void ringlet_session_set_observer(ringlet_session* session, const ringlet_observer* observer);

/* Where the values of a token first became NaN, infinite, or too large for the cache. */
typedef struct ringlet_not_finite {
  uint64_t position;
  ringlet_tap tap;
  uint32_t layer; /* layer count for LOGITS_INPUT and LOGITS */
} ringlet_not_finite;

/* If the last prefill or step returned RINGLET_NOT_FINITE, stores the place in `where` and returns
   true. Otherwise returns false. */
bool ringlet_session_not_finite(const ringlet_session* session, ringlet_not_finite* where);

#ifdef __cplusplus
}
#endif
#endif
