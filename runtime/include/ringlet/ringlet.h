/* Ringlet for C99 and C++. These headers offer applications everything that the C++ headers do,
   with the same names and contracts. The C++ headers state the contracts in full.

   - Nothing allocates. A session lives in memory that the caller provides; all other objects are
     structs that the caller declares. They need no initialization or cleanup, and they can be
     copied and moved.
   - A function that can fail returns a ringlet_status. Unless its code is RINGLET_OK, nothing has
     changed, and the objects that the call should have filled must not be used.
   - Pointers must not be null unless the comment says so. */
#ifndef RINGLET_RINGLET_H
#define RINGLET_RINGLET_H

#include "ringlet/c/chat.h"
#include "ringlet/c/grammar.h"
#include "ringlet/c/model.h"
#include "ringlet/c/observer.h"
#include "ringlet/c/pool.h"
#include "ringlet/c/prompt.h"
#include "ringlet/c/session.h"
#include "ringlet/c/snapshot.h"
#include "ringlet/c/speculation.h"
#include "ringlet/c/status.h"
#include "ringlet/c/text.h"
#include "ringlet/version.h"

#endif
