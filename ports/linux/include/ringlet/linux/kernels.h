/* Selects the kernel set for this processor, for C. */
#ifndef RINGLET_LINUX_KERNELS_H
#define RINGLET_LINUX_KERNELS_H

#include "ringlet/ringlet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the fastest kernel set that this processor supports and that passes the self-test. Pass
   it to ringlet_session_create(). The first call takes up to a millisecond. */
const ringlet_kernels* ringlet_kernels_best(void);

#ifdef __cplusplus
}
#endif

#endif
