/* A look at what passes between the parts of a layer: ringlet/observer.hpp. */
#ifndef RINGLET_C_OBSERVER_H
#define RINGLET_C_OBSERVER_H

#include "ringlet/c/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a forward pass is looked at. */
typedef enum ringlet_tap {
  RINGLET_TAP_ATTENTION_INPUT = 0,
  RINGLET_TAP_QUERIES,
  RINGLET_TAP_KEYS,
  RINGLET_TAP_VALUES,
  RINGLET_TAP_ATTENDED,
  RINGLET_TAP_FFN_INPUT,
  RINGLET_TAP_HIDDEN,
  RINGLET_TAP_HEAD_INPUT,
  RINGLET_TAP_LOGITS
} ringlet_tap;

/* The vectors of `tokens` tokens from `position` on, `columns` floats each, `stride` apart. */
typedef struct ringlet_observation {
  uint64_t position;
  const float* rows;
  ringlet_tap tap;
  uint32_t layer; /* the number of layers for the head's input and the logits */
  uint32_t tokens;
  uint32_t columns;
  uint32_t stride;
} ringlet_observation;

typedef struct ringlet_observer {
  void (*observe)(void* context, const ringlet_observation* observation);
  void* context;
} ringlet_observer;

/* Has `observer` see every forward pass from now on; null ends that. The struct must stay where it
   is until then. */
void ringlet_session_set_observer(ringlet_session* session, const ringlet_observer* observer);

/* Where a token first had a number that was NaN, infinite, or too large for the cache. */
typedef struct ringlet_not_finite {
  uint64_t position;
  ringlet_tap tap;
  uint32_t layer; /* the number of layers for the head's input and the logits */
} ringlet_not_finite;

/* Says where, when the last prefill or step returned RINGLET_NOT_FINITE; otherwise returns false.
 */
bool ringlet_session_not_finite(const ringlet_session* session, ringlet_not_finite* where);

#ifdef __cplusplus
}
#endif
#endif
