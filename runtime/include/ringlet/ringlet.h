/* Ringlet for C99 (and C++): everything that the C++ headers offer to applications, under the same
   names and with the same contracts, which those headers state in full.

   - Nothing allocates. A session lives in memory that the caller gives; the other objects are
   structs that the caller declares and need not clear, free or keep at their address.
   - What can fail returns a ringlet_status. Where its code is not RINGLET_OK nothing has changed,
   and objects that the call was to fill must not be used.
   - Pointers must not be null unless it is said that they may. */
#ifndef RINGLET_RINGLET_H
#define RINGLET_RINGLET_H

#include "ringlet/c/chat.h"
#include "ringlet/c/image.h"
#include "ringlet/c/model.h"
#include "ringlet/c/observer.h"
#include "ringlet/c/session.h"
#include "ringlet/c/status.h"
#include "ringlet/c/text.h"

#endif
