/* Snapshots: a session as bytes, to continue later or on another machine. The contracts are in
   ringlet/snapshot.hpp and session.hpp. */
#ifndef RINGLET_C_SNAPSHOT_H
#define RINGLET_C_SNAPSHOT_H

#include "ringlet/c/session.h"
#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For ringlet_snapshot_bytes: the maximum over all positions. */
#define RINGLET_ANY_POSITION UINT64_MAX

/* The contents of a snapshot's header. If layers differ in their formats, both members of `kv` are
   RINGLET_KV_RECOMMENDED. */
typedef struct ringlet_snapshot_info {
  uint64_t model_hash; /* ringlet_model_hash() of its model */
  uint64_t position;
  uint32_t context;
  uint32_t sinks;
  uint32_t hot_window;
  uint32_t prefill_chunk;
  ringlet_kv_formats kv;
  bool has_logits;
  bool has_sampler;
} ringlet_snapshot_info;

/* Verifies and reads the header of a snapshot of `size` bytes, aligned to 8. */
ringlet_status ringlet_snapshot_info_read(ringlet_snapshot_info* info, const void* snapshot,
                                          size_t size);

/* Returns the maximum size in bytes of a snapshot at `position`, or at any position with
   RINGLET_ANY_POSITION. */
ringlet_status ringlet_snapshot_bytes(const ringlet_model* model, const ringlet_config* config,
                                      uint64_t position, uint64_t* bytes);

/* Writes a snapshot of the session, and of the sampler unless it is null, to memory aligned to 8,
   and stores its size. If `out` is too small, the error says how many bytes are needed. */
ringlet_status ringlet_session_save(const ringlet_session* session, ringlet_span out,
                                    const ringlet_sampler* sampler, size_t* size);

/* Restores the session, and the sampler unless it is null, to the state in which the snapshot was
   saved. The snapshot must be aligned to 8. With sinks_in_snapshot it must be aligned to 64 and
   keep its address. */
ringlet_status ringlet_session_restore(ringlet_session* session, const void* snapshot, size_t size,
                                       ringlet_sampler* sampler);

#ifdef __cplusplus
}
#endif
#endif
